import type { ReactNode } from "react";
import { Link } from "wouter";
import { useLastKnown } from "../../../store/useLastKnown";
import { PendingMark } from "../PendingMark";

interface DetailHeadProps {
  /** Where the list is. */
  list: { readonly path: string; readonly title: string };
  name: string;
  /** Its key, under which what is asked for it is known. */
  of: string;
  marks?: ReactNode;
  children?: ReactNode;
}

/** Which one it is, the way back to the list, and what can be done with it. */
export function DetailHead({ list, name, of, marks, children }: DetailHeadProps) {
  const lastKnown = useLastKnown();
  const stale = lastKnown === "all" || lastKnown.has(of.slice(0, of.indexOf("/")));
  return (
    <header className="shrink-0 border-b border-line px-4 py-2">
      <nav aria-label="Where you are" className="text-sm text-text-3">
        <Link href={list.path} className="hover:text-text-1 hover:underline">
          {list.title}
        </Link>
      </nav>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 text-lg font-semibold wrap-anywhere outline-none" tabIndex={-1}>
          {name}
        </h1>
        {marks}
        {stale && <span className="qw-quiet">last known</span>}
        <PendingMark of={of} />
        <span className="ms-auto flex flex-wrap items-center gap-2">{children}</span>
      </div>
    </header>
  );
}
