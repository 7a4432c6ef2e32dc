import { Dialog } from "@base-ui/react/dialog";
import { type FormEvent, type RefObject, useId, useState } from "react";
import type { Container } from "../../api/types.gen";
import { Button } from "../../components/Button";
import { stateView } from "../../components/container/stateView";
import { useLive, useLiveContainers } from "../../store/hooks";
import { deskOf } from "./desk";
import { runningCount, typedConfirmation } from "./model/removal";
import { containersText } from "./model/words";

interface RemoveFormProps {
  keys: readonly string[];
  project: string | null;
  first: RefObject<HTMLElement | null>;
  onClose: () => void;
}

export function RemoveForm({ keys, project, first, onClose }: RemoveFormProps) {
  const desk = deskOf(useLive());
  const table = useLiveContainers();
  const [volumes, setVolumes] = useState(false);
  const [typed, setTyped] = useState("");
  const id = useId();
  // What went meanwhile needs no removing any more.
  const left = keys.flatMap((key) => table.get(key)?.container ?? []);
  const running = runningCount(left);
  const wanted = typedConfirmation(left, volumes, project);
  const ready = left.length > 0 && (wanted === null || typed.trim() === wanted);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (!ready) return;
    onClose();
    const options = { ...(running > 0 && { force: true }), ...(volumes && { volumes: true }) };
    const rest = left.map((c) => `${c.engine}/${c.id}`);
    if (rest.length === 1 && rest[0] !== undefined) desk.one(rest[0], "remove", options);
    else desk.bulk(rest, "remove", options);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Dialog.Title className="text-lg font-semibold wrap-anywhere">{titleOf(left, project)}</Dialog.Title>
      <Dialog.Description className="text-text-2">
        {running > 0 ? runningText(running, left.length) : ""}What {left.length === 1 ? "it" : "they"} wrote outside of
        volumes is gone for good.
      </Dialog.Description>
      <ul className="max-h-40 overflow-auto rounded border border-line bg-surface-0 py-1" aria-label="What is removed">
        {left.map((c) => (
          <li key={c.id} className="flex gap-3 px-3 py-0.5 text-sm">
            <span className="min-w-0 flex-1 truncate font-semibold">{c.name}</span>
            <span className="shrink-0 text-text-2">{stateView(c).word}</span>
          </li>
        ))}
      </ul>
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 accent-(--accent)"
          checked={volumes}
          onChange={(e) => setVolumes(e.target.checked)}
        />
        <span>
          Remove {left.length === 1 ? "its" : "their"} anonymous volumes too
          <span className="block text-text-2">Volumes with a name stay.</span>
        </span>
      </label>
      {wanted !== null && (
        <div className="flex flex-col gap-1">
          <label htmlFor={id} className="text-sm text-text-2">
            Type <code className="font-mono font-semibold text-text-1">{wanted}</code> to confirm
          </label>
          <input
            id={id}
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            className="h-8 rounded border border-line-strong bg-surface-1 px-2 font-mono text-base"
          />
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Dialog.Close ref={first as RefObject<HTMLButtonElement | null>} render={<Button />}>
          Cancel
        </Dialog.Close>
        <Button type="submit" disabled={!ready} className="border-bad! text-bad">
          {left.length === 1 ? "Remove" : `Remove ${containersText(left.length)}`}
        </Button>
      </div>
    </form>
  );
}

function titleOf(left: readonly Container[], project: string | null): string {
  if (project !== null) return `Remove project ${project}: ${containersText(left.length)}?`;
  const [only] = left;
  return left.length === 1 && only ? `Remove ${only.name}?` : `Remove ${containersText(left.length)}?`;
}

function runningText(running: number, total: number): string {
  if (total === 1) return "It is running and will be killed. ";
  return running === total
    ? "All of them are running and will be killed. "
    : `${running} of them run and will be killed. `;
}
