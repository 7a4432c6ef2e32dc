import { Dialog } from "@base-ui/react/dialog";
import type { FormEvent, ReactNode } from "react";
import { Button } from "../../../components/Button";

interface FormFrameProps {
  title: string;
  text?: ReactNode;
  /** On the button that does it. */
  verb: string;
  /** Whether it can be done as the form is now. */
  ready: boolean;
  bad?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** A dialog's form: what it is about, its fields, and two buttons. */
export function FormFrame({ title, text, verb, ready, bad, onSubmit, children }: FormFrameProps) {
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (ready) onSubmit();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Dialog.Title className="text-lg font-semibold wrap-anywhere">{title}</Dialog.Title>
      {text !== undefined && <Dialog.Description className="text-text-2">{text}</Dialog.Description>}
      {children}
      <div className="flex justify-end gap-2">
        <Dialog.Close render={<Button />}>Cancel</Dialog.Close>
        <Button
          type="submit"
          tone={bad ? "plain" : "primary"}
          disabled={!ready}
          className={bad ? "border-bad! text-bad" : ""}
        >
          {verb}
        </Button>
      </div>
    </form>
  );
}
