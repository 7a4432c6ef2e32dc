import type { AlertSeverity } from "../../api/types.gen";
import { ALERTS_PATH } from "../routes";
import { SeverityIcon } from "./SeverityIcon";

/** Where the alerts of something stand. */
export function alertsOf(name: string): string {
  return `${ALERTS_PATH}?q=${encodeURIComponent(name)}`;
}

/** What useFiring tells ("2 critical"), in words and as a severity. */
export function firingWords(firing: string): { says: string; severity: AlertSeverity } {
  const [count = "1", severity = "warning"] = firing.split(" ");
  return { says: count === "1" ? "1 alert fires" : `${count} alerts fire`, severity: severity as AlertSeverity };
}

interface AlertMarkProps {
  /** As useFiring tells it; "" draws nothing. */
  firing: string;
  /** Whose alerts they are. */
  name: string;
  tabIndex: number;
}

/** That an alert fires for a row's container, and the way to it: the table opens what has data-open. */
export function AlertMark({ firing, name, tabIndex }: AlertMarkProps) {
  if (firing === "") return null;
  const { says, severity } = firingWords(firing);
  return (
    <a
      href={alertsOf(name)}
      tabIndex={tabIndex}
      draggable={false}
      title={says}
      aria-label={`${says} for ${name}`}
      className="shrink-0 self-center"
      data-open
      data-alerts
    >
      <SeverityIcon severity={severity} />
    </a>
  );
}
