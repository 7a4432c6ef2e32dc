import { Dialog } from "@base-ui/react/dialog";
import { useState } from "react";
import { Button } from "../components/Button";
import { CopyButton } from "../components/CopyButton";
import { retryServer, type ServerStatus, setTarget } from "./commands";

/** The server inside does not stay up: its last words, and another try. */
export function ServerFailed({ status }: { status: ServerStatus }) {
  const [busy, setBusy] = useState(false);
  const text = () => [status.reason ?? "", ...status.lines].join("\n");
  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    await what().finally(() => setBusy(false));
  };
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-[var(--shade)]" />
        <Dialog.Popup
          data-server-failed
          className="qw-popup fixed start-1/2 top-1/2 z-50 flex max-h-[86vh] w-160 max-w-[calc(100vw-16px)] -translate-1/2 flex-col gap-3 p-4"
        >
          <Dialog.Title className="text-base font-semibold">Quaywatch’s server does not stay up</Dialog.Title>
          <Dialog.Description className="text-text-2">
            {status.reason ?? "It ended five times within a minute."} What it wrote last is below; what is shown behind
            this is last known.
          </Dialog.Description>
          <section
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label="The server’s last lines"
            className="min-h-0 overflow-auto rounded bg-surface-0 p-2"
          >
            <pre className="font-mono text-sm whitespace-pre-wrap wrap-anywhere">
              {status.lines.length === 0 ? "It wrote nothing." : status.lines.join("\n")}
            </pre>
          </section>
          <div className="flex flex-wrap justify-end gap-2">
            <CopyButton label="Copy" text={text} />
            <Button disabled={busy} onClick={() => void run(() => setTarget({ kind: "auto" }))}>
              Watch the engine that docker uses
            </Button>
            <Button tone="primary" disabled={busy} onClick={() => void run(retryServer)}>
              Try again
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
