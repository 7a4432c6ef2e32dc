import { useMemo } from "react";
import type { Moment } from "../../lib/moment";
import { LogPane } from "./LogPane";
import { MomentPane } from "./MomentPane";

interface LogViewProps {
  /** By key, ENGINE/ID. */
  readonly containerKey: string;
  /** Whose log it is: for those who do not see it, and for what is downloaded. */
  readonly title: string;
  /** The moment that is looked around; null is now. */
  readonly moment: Moment | null;
}

/** The output of a container, as it is written or around a moment. Fills the height it is given. */
export function LogView({ containerKey, title, moment }: LogViewProps) {
  // Another container, or another moment, is another log: nothing of this one stays.
  const key = `${containerKey} ${moment?.time ?? ""}`;
  if (moment) return <MomentPane key={key} containerKey={containerKey} title={title} moment={moment} />;
  return <LivePane key={key} containerKey={containerKey} title={title} />;
}

function LivePane({ containerKey, title }: { containerKey: string; title: string }) {
  const alone = useMemo(() => [containerKey], [containerKey]);
  return <LogPane containers={alone} title={`Logs of ${title}`} />;
}
