import type { ReactNode } from "react";
import { Link } from "wouter";
import { useThingPath } from "./useThingPath";

interface ThingLinkProps {
  /** The page of the image or the volume. */
  path: string;
  /** The engine's id. */
  engine: string;
  children: ReactNode;
}

/** A link to what a container is made from, or mounts. */
export function ThingLink({ path, engine, children }: ThingLinkProps) {
  const of = useThingPath();
  return (
    <Link href={of(path, engine)} className="text-accent hover:underline">
      {children}
    </Link>
  );
}
