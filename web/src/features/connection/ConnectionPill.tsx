import { Popover } from "@base-ui/react/popover";
import { Button } from "../../components/Button";
import { useLive } from "../../store/hooks";
import { ConnectionPopover } from "./ConnectionPopover";
import { Countdown } from "./Countdown";
import { PillIcon } from "./PillIcon";
import type { PillTone } from "./pillView";
import { usePill, usePillText } from "./usePill";

const TONES: Record<PillTone, string> = {
  good: "bg-running-soft text-running",
  warn: "bg-paused-soft text-paused",
  bad: "bg-bad-soft text-bad",
  busy: "bg-transitional-soft text-transitional",
  ask: "bg-accent-soft text-accent",
};

/** How the data arrives, always in the same corner. Opens what there is to know about it. */
export function ConnectionPill() {
  const { connection } = useLive();
  const view = usePill();
  // A first attempt that works at once needs no announcement of its own.
  const late = view.state === "connecting" ? "qw-late" : "";
  return (
    <div className={`flex min-w-0 items-center gap-1 ${late}`}>
      <Popover.Root>
        <Popover.Trigger
          data-pill
          data-state={view.state}
          className={`flex h-7 min-w-0 items-center gap-1.5 rounded-full px-2.5 text-sm whitespace-nowrap ${TONES[view.tone]}`}
        >
          <PillIcon state={view.state} />
          <span className="truncate">
            <PillText />
            {view.retryAt !== null && <Countdown retryAt={view.retryAt} />}
          </span>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner side="bottom" align="end" sideOffset={6} collisionPadding={8} className="z-50">
            <Popover.Popup className="qw-popup max-h-(--available-height) w-96 max-w-(--available-width) overflow-y-auto">
              <ConnectionPopover />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      {view.canRetry && (
        <Button className="max-sm:px-1.5" onClick={() => connection.retry()}>
          {view.state === "closed" ? "Use here" : "Retry now"}
        </Button>
      )}
      {view.state === "update" && <Button onClick={() => location.reload()}>Reload</Button>}
      <span role="status" className="sr-only">
        {view.announcement}
      </span>
    </div>
  );
}

/** Apart, so that a new round trip draws its own words anew and not the pill with its popover. */
function PillText() {
  return usePillText();
}
