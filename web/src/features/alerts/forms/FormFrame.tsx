import { Dialog } from "@base-ui/react/dialog";
import { type FormEvent, type MouseEvent, type ReactNode, useState } from "react";
import { ApiError } from "../../../api/client";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";

interface FormFrameProps {
  title: string;
  text?: ReactNode;
  /** On the button that does it. */
  verb: string;
  /** Why it can't be done at all, null where it can. */
  reason: string | null;
  bad?: boolean;
  /** Does it; null where the form is not right yet. What is thrown is said, and the form stays. */
  onSubmit: () => Promise<void> | null;
  onDone: () => void;
  children?: ReactNode;
  /** Beside the buttons. */
  beside?: ReactNode;
}

/** A dialog's form: what it is about, its fields, what the server said against it, and two buttons. */
export function FormFrame(props: FormFrameProps) {
  const { title, text, verb, reason, bad, onSubmit, onDone, children, beside } = props;
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState("");
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const form = e.currentTarget;
    if (busy || reason !== null) return;
    const doing = onSubmit();
    if (doing === null) {
      // What is wrong is said once this is drawn: there it goes on.
      requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    setBusy(true);
    setRefused("");
    try {
      await doing;
      onDone();
    } catch (err) {
      setRefused(err instanceof ApiError ? err.message : "The page could not ask for it.");
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3" noValidate>
      <Dialog.Title className="text-lg font-semibold wrap-anywhere">{title}</Dialog.Title>
      {text !== undefined && <Dialog.Description className="text-text-2">{text}</Dialog.Description>}
      {children}
      {(refused !== "" || reason !== null) && (
        <p role="alert" className="text-bad">
          <Prose text={refused || `${reason}.`} />
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {beside && <span className="me-auto min-w-0">{beside}</span>}
        <Dialog.Close render={<Button onMouseDown={keepFocus} />}>Cancel</Dialog.Close>
        <Button
          type="submit"
          tone={bad ? "plain" : "primary"}
          onMouseDown={keepFocus}
          disabled={busy || reason !== null}
          className={bad ? "border-bad! text-bad" : ""}
        >
          {verb}
        </Button>
      </div>
    </form>
  );
}

/** A field that is left says what is wrong with it, which would move the button from under the pointer. */
function keepFocus(e: MouseEvent): void {
  e.preventDefault();
}
