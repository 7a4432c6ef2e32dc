import { Dialog } from "@base-ui/react/dialog";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import { refusal, tellRefused } from "../../actions/outcome";

/** What a form has asked for. */
export interface Asked {
  /** "create network back". */
  readonly what: string;
  /** Once it is done; what is thrown is why it is not. */
  readonly answer: Promise<unknown>;
}

interface FormFrameProps {
  title: string;
  text?: ReactNode;
  /** On the button that does it. */
  verb: string;
  /** Whether it can be done as the form is now. */
  ready: boolean;
  bad?: boolean;
  /** Asks for it; null where nobody need wait for the answer. */
  onSubmit: () => Asked | null;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A dialog's form: what it is about, its fields, and two buttons. What is refused
 * is said here, and the form stays with all that was typed.
 */
export function FormFrame({ title, text, verb, ready, bad, onSubmit, onClose, children }: FormFrameProps) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState("");
  const stands = useRef(false);
  useEffect(() => {
    stands.current = true;
    return () => {
      stands.current = false;
    };
  }, []);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (!ready || busy) return;
    const asked = onSubmit();
    if (asked === null) {
      onClose();
      return;
    }
    setBusy(true);
    setRefused("");
    try {
      await asked.answer;
      if (stands.current) onClose();
    } catch (err) {
      const could = `Could not ${asked.what}`;
      if (stands.current) setRefused(`${could}. ${refusal(err)}`);
      else tellRefused(could, `form ${asked.what}`, err);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Dialog.Title className="text-lg font-semibold wrap-anywhere">{title}</Dialog.Title>
      {text !== undefined && <Dialog.Description className="text-text-2">{text}</Dialog.Description>}
      {children}
      {refused !== "" && (
        <p role="alert" className="text-bad wrap-anywhere">
          <Prose text={refused} />
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Dialog.Close render={<Button />}>{busy ? "Close" : "Cancel"}</Dialog.Close>
        <Button
          type="submit"
          tone={bad ? "plain" : "primary"}
          disabled={!ready}
          aria-disabled={busy}
          className={`aria-disabled:opacity-50 ${bad ? "border-bad! text-bad" : ""}`}
        >
          {verb}
        </Button>
      </div>
    </form>
  );
}
