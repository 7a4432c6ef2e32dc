import "./screen/colors.css";
import "./screen/logs.css";
import { useRef } from "react";
import { LogLines } from "./LogLines";
import { LogStatus } from "./LogStatus";
import { LogToolbar } from "./LogToolbar";
import { LogWaiting } from "./LogWaiting";
import { SelectionBar } from "./SelectionBar";
import { SourceChips } from "./SourceChips";
import { useAnnouncements } from "./useAnnouncements";
import { useLogKeys } from "./useLogKeys";
import { useLogScreen } from "./useLogScreen";

interface LogPaneProps {
  /** More may come; one that was here stays. */
  readonly containers: readonly string[];
  readonly title: string;
}

/** A log with all that belongs to it. */
export function LogPane({ containers, title }: LogPaneProps) {
  const screen = useLogScreen(containers);
  const pane = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useLogKeys(screen, pane, search);
  useAnnouncements(screen);
  return (
    <section
      ref={pane}
      aria-label={title}
      className="@container flex h-full min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
    >
      <LogToolbar screen={screen} search={search} title={title} />
      <SourceChips screen={screen} />
      <div className="relative flex min-h-0 flex-1 flex-col">
        <LogLines screen={screen} title={title} />
        <LogWaiting screen={screen} />
        <SelectionBar screen={screen} />
      </div>
      <LogStatus screen={screen} />
    </section>
  );
}
