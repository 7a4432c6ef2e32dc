import { Dialog } from "@base-ui/react/dialog";
import X from "lucide-react/icons/x";
import type { RefObject } from "react";
import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { useLive, useTrouble } from "../../store/hooks";
import { TroubleItem } from "./TroubleItem";
import { dayText, troubleLine } from "./troubleText";

interface TroubleDialogProps {
  open: boolean;
  onClose: () => void;
  finalFocus: RefObject<HTMLElement | null>;
}

/** What went wrong with the connection, newest first: to read, to copy, to clear. */
export function TroubleDialog({ open, onClose, finalFocus }: TroubleDialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-[var(--shade)]" />
        <Dialog.Popup
          finalFocus={finalFocus}
          className="qw-popup fixed start-1/2 top-1/2 z-50 flex max-h-[86vh] w-140 max-w-[calc(100vw-16px)] -translate-1/2 flex-col"
        >
          <div className="flex items-center justify-between border-b border-line py-2 ps-4 pe-2">
            <Dialog.Title className="text-base font-semibold">Trouble log</Dialog.Title>
            <Dialog.Close render={<Button tone="quiet" className="px-1" aria-label="Close" />}>
              <X size={16} aria-hidden />
            </Dialog.Close>
          </div>
          <TroubleList />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function TroubleList() {
  const { trouble, clock } = useLive();
  const entries = useTrouble().toReversed();
  const now = clock.wall();
  const clear = () => {
    trouble.clear();
    announce("Trouble log cleared");
  };
  if (entries.length === 0) {
    return (
      <p className="px-4 py-8 text-center text-sm text-text-2">
        Nothing has gone wrong with the connection since this log was begun.
      </p>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="min-h-0 overflow-y-auto" tabIndex={0} aria-label="Entries, newest first">
        <ol>
          {entries.map((t, i) => {
            const day = dayText(t.at, now);
            const before = entries[i - 1];
            return (
              <TroubleItem
                key={`${t.at} ${t.what} ${t.detail}`}
                entry={t}
                day={before && dayText(before.at, now) === day ? "" : day}
              />
            );
          })}
        </ol>
      </section>
      <div className="flex items-center gap-1.5 border-t border-line px-4 py-2.5">
        <CopyButton label="Copy" text={() => entries.map(troubleLine).join("\n")} />
        <Button onClick={clear}>Clear</Button>
        <span className="ms-auto text-sm text-text-3">Kept in this browser</span>
      </div>
    </>
  );
}
