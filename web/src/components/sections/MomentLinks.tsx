import { Link } from "wouter";
import { containerPath } from "../routes";

interface MomentLinksProps {
  /** ENGINE/ID */
  containerKey: string;
  /** Of what it is: for those who hear the links one by one. */
  of: string;
  /** RFC 3339. */
  time: string;
}

const LINK = "text-text-2 hover:text-text-1 hover:underline";

/** To a container's charts and its log as they were around a moment. */
export function MomentLinks({ containerKey, of, time }: MomentLinksProps) {
  return (
    <span className="flex gap-2 text-sm">
      <Link
        href={containerPath(containerKey, "charts", time)}
        className={LINK}
        title="Charts around this moment"
        aria-label={`Charts around this moment: ${of}`}
      >
        Charts
      </Link>
      <Link
        href={containerPath(containerKey, "logs", time)}
        className={LINK}
        title="Logs around this moment"
        aria-label={`Logs around this moment: ${of}`}
      >
        Logs
      </Link>
    </span>
  );
}
