import { Link } from "wouter";
import type { AlertSeverity } from "../../api/types.gen";
import { ALERTS_PATH } from "../routes";
import { SeverityIcon } from "./SeverityIcon";

interface AlertMarkProps {
  /** As useFiring tells it: "2 critical"; "" draws nothing. */
  firing: string;
  /** Whose alerts they are. */
  name: string;
  /** Whether it says so in words as well. */
  words?: boolean;
  tabIndex?: number;
}

/** That an alert fires for something, and the way to it. */
export function AlertMark({ firing, name, words = false, tabIndex }: AlertMarkProps) {
  if (firing === "") return null;
  const [count = "1", severity = "warning"] = firing.split(" ");
  const says = count === "1" ? "1 alert fires" : `${count} alerts fire`;
  return (
    <Link
      href={`${ALERTS_PATH}?q=${encodeURIComponent(name)}`}
      tabIndex={tabIndex}
      draggable={false}
      title={says}
      aria-label={words ? undefined : `${says} for ${name}`}
      className="inline-flex shrink-0 items-center gap-1 self-center text-sm hover:underline"
      data-alerts={count}
    >
      <SeverityIcon severity={severity as AlertSeverity} />
      {words && says}
    </Link>
  );
}
