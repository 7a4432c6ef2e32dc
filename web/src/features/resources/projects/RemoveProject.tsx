import { useState } from "react";
import { stateView } from "../../../components/container/stateView";
import { DialogFrame } from "../../../components/DialogFrame";
import { useLive } from "../../../store/hooks";
import { runningCount } from "../../actions/model/removal";
import { CheckField } from "../forms/CheckField";
import { FormFrame } from "../forms/FormFrame";
import { TextField } from "../forms/TextField";
import type { ProjectRow } from "../model/projectRow";
import { removeProject } from "./projectRemoval";

interface RemoveProjectProps {
  /** The project in question, undefined for none. */
  row: ProjectRow | undefined;
  onClose: () => void;
}

/** A project's containers and networks are listed before they go; volumes stay. */
export function RemoveProject({ row, onClose }: RemoveProjectProps) {
  return (
    <DialogFrame open={row !== undefined} onClose={onClose}>
      {row && <Form row={row} onClose={onClose} />}
    </DialogFrame>
  );
}

/** As many containers and more are confirmed by typing. */
const TYPED_OVER = 10;

function Form({ row, onClose }: { row: ProjectRow; onClose: () => void }) {
  const live = useLive();
  const [networks, setNetworks] = useState(true);
  const [said, setSaid] = useState("");
  const running = runningCount(row.containers);
  const wanted = row.containers.length > TYPED_OVER ? row.name : null;
  const submit = () => {
    removeProject(live, row, networks);
    return null;
  };
  return (
    <FormFrame
      title={`Remove project ${row.name}?`}
      text={`${running > 0 ? `${running} of its containers run and will be killed. ` : ""}What they wrote outside of volumes is gone for good. Its volumes stay.`}
      verb="Remove"
      bad
      ready={wanted === null || said.trim() === wanted}
      onSubmit={submit}
      onClose={onClose}
    >
      <ul className="max-h-48 overflow-auto rounded border border-line bg-surface-0 py-1" aria-label="What is removed">
        {row.containers.map((c) => (
          <Doomed key={c.id} name={c.name} note={stateView(c).word} />
        ))}
        {networks && row.networks.map((n) => <Doomed key={n.id} name={n.name} note="network" />)}
      </ul>
      {row.networks.length > 0 && <CheckField label="With its networks" checked={networks} onChange={setNetworks} />}
      {wanted !== null && <TextField label={`Type ${wanted} to confirm`} value={said} onChange={setSaid} />}
    </FormFrame>
  );
}

function Doomed({ name, note }: { name: string; note: string }) {
  return (
    <li className="flex gap-3 px-3 py-0.5 text-sm">
      <span className="min-w-0 flex-1 truncate font-semibold">{name}</span>
      <span className="shrink-0 text-text-2">{note}</span>
    </li>
  );
}
