import { Dialog } from "@base-ui/react/dialog";
import { useRef } from "react";
import { Button } from "../../components/Button";
import { DialogFrame } from "../../components/DialogFrame";

interface LinkDialogProps {
  readonly address: string | null;
  onClose(): void;
}

/** Shows where a program's link leads before it is followed: its text may say anything. */
export function LinkDialog({ address, onClose }: LinkDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <DialogFrame open={address !== null} onClose={onClose} initialFocus={cancel}>
      <div className="flex flex-col gap-3">
        <Dialog.Title className="text-lg font-semibold">Follow a link of the program’s?</Dialog.Title>
        <Dialog.Description>It leads here, whatever its text says:</Dialog.Description>
        <p className="rounded border border-line bg-surface-2 px-2 py-1 font-mono text-sm wrap-anywhere">{address}</p>
        <div className="flex justify-end gap-2">
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
          <a
            href={address ?? undefined}
            target="_blank"
            rel="noopener noreferrer"
            onClick={onClose}
            className="inline-flex h-7 items-center rounded border border-accent bg-accent px-2 text-sm text-on-accent hover:opacity-90"
          >
            Open it
          </a>
        </div>
      </div>
    </DialogFrame>
  );
}
