import type { ReactNode } from "react";

interface FactsProps {
  title: string;
  /** The quieter half of the heading. */
  note?: string;
  facts: readonly (readonly [string, ReactNode, string?])[];
  children?: ReactNode;
}

/** A heading and pairs of a name and a value, the third being the value's title. */
export function Facts({ title, note, facts, children }: FactsProps) {
  return (
    <section className="border-t border-line px-4 py-3 first:border-t-0">
      <h3 className="mb-1.5 flex items-baseline gap-2 text-sm font-semibold">
        {title}
        {note && <span className="truncate font-normal text-text-3">{note}</span>}
      </h3>
      {children}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-0.5 text-sm">
        {facts.map(([name, value, explained]) => (
          <div key={name} className="flex justify-between gap-2" title={explained}>
            <dt className="text-text-2">{name}</dt>
            <dd className="text-end whitespace-nowrap">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
