import { LogPane } from "./LogPane";

interface LogViewProps {
  /** By key, ENGINE/ID. */
  readonly containers: readonly string[];
  /** Whose log it is: for those who do not see it, and for what is downloaded. */
  readonly title: string;
}

/** The output of a container, or of several, as it is written. Fills the height it is given. */
export function LogView({ containers, title }: LogViewProps) {
  // Other containers are another log: nothing of this one stays.
  return <LogPane key={containers.join(" ")} containers={containers} title={`Logs of ${title}`} />;
}
