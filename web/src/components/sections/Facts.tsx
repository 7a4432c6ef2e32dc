import type { ReactNode } from "react";
import { Link } from "wouter";

export interface Fact {
  readonly name: string;
  /** Where what the name names has its own page. */
  readonly href?: string;
  readonly value: ReactNode;
}

/** Names and values under each other. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[minmax(88px,max-content)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1">
      {facts.map((fact) => (
        <div key={fact.name} className="contents" data-fact={fact.name}>
          <dt className="text-text-3">
            {fact.href === undefined ? (
              fact.name
            ) : (
              <Link href={fact.href} className="text-accent hover:underline">
                {fact.name}
              </Link>
            )}
          </dt>
          <dd className="min-w-0 wrap-break-word">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
