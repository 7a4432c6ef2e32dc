import { Dialog } from "@base-ui/react/dialog";
import { type FormEvent, useId, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { DialogFrame } from "../../components/DialogFrame";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";
import { nameProblem } from "./model/containerName";

interface RenameDialogProps {
  /** The container's key; null while nothing is asked. */
  container: string | null;
  onClose: () => void;
}

export function RenameDialog({ container, onClose }: RenameDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <DialogFrame open={container !== null} onClose={onClose} initialFocus={input}>
      {container !== null && <RenameForm key={container} of={container} input={input} onClose={onClose} />}
    </DialogFrame>
  );
}

interface RenameFormProps {
  of: string;
  input: React.RefObject<HTMLInputElement | null>;
  onClose: () => void;
}

function RenameForm({ of, input, onClose }: RenameFormProps) {
  const live = useLive();
  const before = live.store.view().containers.get(of)?.container;
  const old = before?.name ?? "";
  const [name, setName] = useState(old);
  const [touched, setTouched] = useState(false);
  const id = useId();
  const taken = (text: string) =>
    live.store
      .view()
      .containers.entries.some(({ key, container: c }) => key !== of && c.engine === before?.engine && c.name === text);
  const problem = nameProblem(name, taken);
  const shown = touched ? problem : null;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTouched(true);
    if (problem !== null) {
      input.current?.focus();
      return;
    }
    onClose();
    if (name !== old) deskOf(live).one(of, "rename", { name });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Dialog.Title className="text-lg font-semibold wrap-anywhere">Rename {old}</Dialog.Title>
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-sm text-text-2">
          New name
        </label>
        <input
          ref={input}
          id={id}
          value={name}
          onChange={(e) => {
            setName(e.target.value);
            setTouched(true);
          }}
          onFocus={(e) => e.target.select()}
          aria-invalid={shown !== null}
          aria-describedby={`${id}-problem`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          className="h-8 rounded border border-line-strong bg-surface-1 px-2 font-mono text-base aria-invalid:border-bad"
        />
        <p id={`${id}-problem`} role="status" className="min-h-4 text-sm text-bad">
          {shown}
        </p>
      </div>
      <div className="flex justify-end gap-2">
        <Dialog.Close render={<Button />}>Cancel</Dialog.Close>
        <Button type="submit" tone="primary">
          Rename
        </Button>
      </div>
    </form>
  );
}
