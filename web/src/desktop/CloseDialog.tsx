import { Dialog } from "@base-ui/react/dialog";
import { useId, useState } from "react";
import { Button } from "../components/Button";
import { closingPreference } from "./choices";
import { hideWindow, quit } from "./commands";

/** What closing the window shall mean: asked the first time. */
export function CloseDialog({ onDone }: { onDone: () => void }) {
  const id = useId();
  const [remember, setRemember] = useState(true);
  const answer = (choice: "tray" | "quit") => {
    onDone();
    if (remember) closingPreference.set(choice);
    void (choice === "quit" ? quit() : hideWindow());
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onDone()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-[var(--shade)]" />
        <Dialog.Popup
          data-close-question
          className="qw-popup fixed start-1/2 top-1/2 z-50 flex w-110 max-w-[calc(100vw-16px)] -translate-1/2 flex-col gap-3 p-4"
        >
          <Dialog.Title className="text-base font-semibold">Keep watching in the background?</Dialog.Title>
          <Dialog.Description className="text-text-2">
            In the tray, Quaywatch goes on watching and tells you of trouble. Its icon opens this window again.
          </Dialog.Description>
          <label htmlFor={id} className="flex items-center gap-2 text-sm">
            <input
              id={id}
              type="checkbox"
              checked={remember}
              onChange={(e) => setRemember(e.target.checked)}
              className="size-4 accent-accent"
            />
            Remember this; the settings can change it
          </label>
          <div className="flex justify-end gap-2">
            <Button onClick={() => answer("quit")}>Quit</Button>
            <Button tone="primary" onClick={() => answer("tray")}>
              Keep watching
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
