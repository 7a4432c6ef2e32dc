import { type ReactNode, useId } from "react";

interface SectionProps {
  title: string;
  /** Beside the title, at the end of its line. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of the overview, kept whole where the page is set in columns. */
export function Section({ title, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-4 break-inside-avoid rounded border border-line">
      <div className="flex min-h-9 items-center gap-2 border-b border-line px-3 py-1">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {actions && <span className="ms-auto flex items-center gap-1">{actions}</span>}
      </div>
      <div className="px-3 py-2">{children}</div>
    </section>
  );
}
