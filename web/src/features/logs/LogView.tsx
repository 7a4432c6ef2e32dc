import "./screen/logs.css";
import { LogLines } from "./LogLines";
import { useLogScreen } from "./useLogScreen";

export interface LogViewProps {
  /** By key, ENGINE/ID. More may come; one that was here stays. */
  readonly containers: readonly string[];
  /** What this is the log of: for those who do not see it. */
  readonly title: string;
}

/** The output of one container or of several as it is written. Fills the height it is given. */
export function LogView({ containers, title }: LogViewProps) {
  const screen = useLogScreen(containers);
  return (
    <section aria-label={`Log of ${title}`} className="flex h-full min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <LogLines screen={screen} title={title} />
    </section>
  );
}
