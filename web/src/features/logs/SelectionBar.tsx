import X from "lucide-react/icons/x";
import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { linesText } from "./model/countText";
import type { LogScreen } from "./screen/logScreen";
import { shownText } from "./screen/shownText";
import { useLogState } from "./useLogState";

/** What can be done with the lines that are selected. */
export function SelectionBar({ screen }: { screen: LogScreen }) {
  const n = useLogState(screen, (s) => s.selected);
  if (n === 0) return null;
  const clear = () => {
    screen.selection.clear();
    screen.selected();
  };
  return (
    <div
      role="toolbar"
      aria-label="Selected lines"
      className="qw-popup absolute end-3 top-3 z-2 flex items-center gap-1.5 p-1.5 ps-3 text-sm"
    >
      {linesText(n)}
      <CopyButton label="Copy" text={() => shownText(screen, "selected")} />
      <CopyButton label="With times" text={() => shownText(screen, "selected", true)} />
      <Button tone="quiet" className="px-1" aria-label="Select nothing" onClick={clear}>
        <X size={14} aria-hidden />
      </Button>
    </div>
  );
}
