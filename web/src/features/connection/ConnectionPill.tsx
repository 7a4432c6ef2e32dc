import { Popover } from "@base-ui/react/popover";
import { useRef, useState } from "react";
import { ConnectionPopover } from "./ConnectionPopover";
import { Countdown } from "./Countdown";
import { PillActionButton } from "./PillActionButton";
import { PillIcon } from "./PillIcon";
import type { PillTone } from "./pillView";
import { TroubleDialog } from "./TroubleDialog";
import { usePill, usePillText, useSpoken } from "./usePill";

const TONES: Record<PillTone, string> = {
  good: "bg-running-soft text-running",
  warn: "bg-paused-soft text-paused",
  bad: "bg-bad-soft text-bad",
  busy: "bg-transitional-soft text-transitional",
  ask: "bg-accent-soft text-accent",
};

/** How the data arrives, always in the same corner. Opens what there is to know about it. */
export function ConnectionPill() {
  const view = usePill();
  const trigger = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<"popover" | "trouble" | null>(null);
  // A first attempt that works at once needs no announcement of its own.
  const late = view.state === "connecting" ? "qw-late" : "";
  return (
    <div className={`flex min-w-0 items-center gap-1 ${late}`}>
      <Popover.Root open={open === "popover"} onOpenChange={(next) => setOpen(next ? "popover" : null)}>
        <Popover.Trigger
          ref={trigger}
          data-pill
          data-state={view.state}
          title="How the data arrives"
          className={`flex h-7 min-w-0 items-center gap-1.5 rounded-full px-2.5 text-sm whitespace-nowrap ${TONES[view.tone]}`}
        >
          <PillIcon state={view.state} />
          <span className="truncate">
            <PillText brief={view.state === "engine-down" || view.state === "offline"} />
            {view.retryAt !== null && <Countdown at={view.retryAt} />}
          </span>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner side="bottom" align="end" sideOffset={6} collisionPadding={8} className="z-50">
            {/* The popup itself takes the focus: its title and verdict are read first. */}
            <Popover.Popup
              ref={popup}
              initialFocus={popup}
              className="qw-popup max-h-(--available-height) w-100 max-w-(--available-width) overflow-y-auto"
            >
              <ConnectionPopover onTrouble={() => setOpen("trouble")} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <TroubleDialog open={open === "trouble"} onClose={() => setOpen(null)} finalFocus={trigger} />
      {view.action && <PillActionButton action={view.action} tight />}
      <Spoken />
    </div>
  );
}

/**
 * Apart, so that a new round trip draws its own words anew and not the pill with
 * its popover. Brief leaves since when it is so to the popover where there is no room.
 */
function PillText({ brief }: { brief: boolean }) {
  const text = usePillText();
  if (!brief) return text;
  const at = text.indexOf(" · ");
  return at < 0 ? (
    text
  ) : (
    <>
      {text.slice(0, at)}
      <span className="max-sm:sr-only">{text.slice(at)}</span>
    </>
  );
}

function Spoken() {
  return (
    <span role="status" className="sr-only">
      {useSpoken()}
    </span>
  );
}
