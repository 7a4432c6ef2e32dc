import { Dialog } from "@base-ui/react/dialog";
import { useRef } from "react";
import { Button } from "../../components/Button";
import { DialogFrame } from "../../components/DialogFrame";

interface LeaveDialogProps {
  readonly open: boolean;
  readonly name: string;
  onAnswer(leave: boolean): void;
}

/** Asks before what runs is ended by going elsewhere. */
export function LeaveDialog({ open, name, onAnswer }: LeaveDialogProps) {
  const stay = useRef<HTMLButtonElement>(null);
  return (
    <DialogFrame open={open} onClose={() => onAnswer(false)} initialFocus={stay}>
      <div className="flex flex-col gap-3">
        <Dialog.Title className="text-lg font-semibold wrap-anywhere">Leave the terminal of {name}?</Dialog.Title>
        <Dialog.Description>The session ends with it, and what runs in it gets a hangup.</Dialog.Description>
        <div className="flex justify-end gap-2">
          <Button ref={stay} onClick={() => onAnswer(false)}>
            Stay
          </Button>
          <Button tone="primary" onClick={() => onAnswer(true)}>
            Leave and end it
          </Button>
        </div>
      </div>
    </DialogFrame>
  );
}
