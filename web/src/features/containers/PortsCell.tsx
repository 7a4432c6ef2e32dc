import type { Container } from "../../api/types.gen";
import { exposedText, portViews } from "../../components/container/ports";
import { DASH } from "../../components/format/quantity";

const SHOWN = 3;

interface PortsCellProps {
  container: Container;
  /** Whether Tab may stop at the links: only in the row that has the grid's tab stop. */
  tabbable: boolean;
}

/** Published ports; those of TCP lead to the same port of the host this page came from. */
export function PortsCell({ container, tabbable }: PortsCellProps) {
  const ports = portViews(container, location.hostname);
  if (ports.length === 0) {
    const exposed = exposedText(container);
    return (
      <span className="qw-quiet" title={exposed ? `Exposed, not published: ${exposed}` : "No ports"}>
        {DASH}
      </span>
    );
  }
  const rest = ports.slice(SHOWN);
  return (
    <span className="flex items-center gap-2">
      {ports.slice(0, SHOWN).map((p) =>
        p.href ? (
          <a
            key={p.key}
            href={p.href}
            title={p.title}
            target="_blank"
            rel="noreferrer"
            tabIndex={tabbable ? 0 : -1}
            className="rounded text-accent hover:underline"
          >
            {p.text}
          </a>
        ) : (
          <span key={p.key} title={p.title}>
            {p.text}
          </span>
        ),
      )}
      {rest.length > 0 && (
        <span className="qw-quiet" title={rest.map((p) => p.title).join("\n")}>
          +{rest.length}
        </span>
      )}
    </span>
  );
}
