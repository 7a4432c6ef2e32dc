import { useRef } from "react";
import { DialogFrame } from "../../components/DialogFrame";
import type { Question } from "./desk";
import { RemoveForm } from "./RemoveForm";

interface RemoveDialogProps {
  question: (Question & { kind: "remove" }) | null;
  onClose: () => void;
}

/** Removing is asked for, with all that goes. */
export function RemoveDialog({ question, onClose }: RemoveDialogProps) {
  const first = useRef<HTMLElement>(null);
  return (
    <DialogFrame open={question !== null} onClose={onClose} initialFocus={first}>
      {question !== null && (
        <RemoveForm keys={question.keys} project={question.project} first={first} onClose={onClose} />
      )}
    </DialogFrame>
  );
}
