import { useState } from "react";
import { formatBytes, quantityText } from "../../../components/format/quantity";
import { useLive } from "../../../store/hooks";
import type { Thing } from "../desk";
import { confirmation, type Doomed, listed } from "../model/doomed";
import { removeImages, removeNetworks, removeVolumes } from "../removal";
import { useImageRows, useNetworkRows, useVolumeRows } from "../useRows";
import { CheckField } from "./CheckField";
import { FormFrame } from "./FormFrame";
import { TextField } from "./TextField";

interface RemoveFormProps {
  of: Thing;
  keys: readonly string[];
  onClose: () => void;
}

/** What is removed is listed before it goes. */
export function RemoveForm({ of, keys, onClose }: RemoveFormProps) {
  switch (of) {
    case "images":
      return <Images keys={keys} onClose={onClose} />;
    case "volumes":
      return <Volumes keys={keys} onClose={onClose} />;
    case "networks":
      return <Networks keys={keys} onClose={onClose} />;
  }
}

type Props = Omit<RemoveFormProps, "of">;

function Images({ keys, onClose }: Props) {
  const live = useLive();
  const [force, setForce] = useState(false);
  const rows = useImageRows().rows.filter((r) => keys.includes(r.key));
  const used = rows.some((r) => r.uses > 0);
  const doomed = rows.map((r) => ({
    key: r.key,
    name: r.name,
    more: r.image.tags.slice(1),
    note: r.uses > 0 ? "used" : quantityText(formatBytes(r.image.sizeBytes)),
  }));
  return (
    <Confirm
      one="image"
      many="images"
      text={
        used
          ? "The engine keeps what a container is made from, unless it is forced and none of them runs."
          : "Layers that other images have stay."
      }
      doomed={doomed}
      onClose={onClose}
      onConfirm={() => removeImages(live, rows, force)}
    >
      {used && (
        <CheckField
          label="Also from containers that don't run"
          note="They can't be started any more."
          checked={force}
          onChange={setForce}
        />
      )}
    </Confirm>
  );
}

function Volumes({ keys, onClose }: Props) {
  const live = useLive();
  const rows = useVolumeRows().rows.filter((r) => keys.includes(r.key));
  const doomed = rows.map((r) => ({
    key: r.key,
    name: r.name,
    more: [],
    note: r.uses > 0 ? "in use" : r.volume.sizeBytes === null ? "" : quantityText(formatBytes(r.volume.sizeBytes)),
  }));
  return (
    <Confirm
      one="volume"
      many="volumes"
      text={`All that is in ${rows.length === 1 ? "it" : "them"} is gone for good. The engine keeps what a container mounts.`}
      doomed={doomed}
      onClose={onClose}
      onConfirm={() =>
        removeVolumes(
          live,
          rows.map((r) => r.volume),
        )
      }
    />
  );
}

function Networks({ keys, onClose }: Props) {
  const live = useLive();
  const rows = useNetworkRows().rows.filter((r) => keys.includes(r.key));
  const doomed = rows.map((r) => ({
    key: r.key,
    name: r.name,
    more: [],
    note: r.network.endpoints.length > 0 ? `${r.network.endpoints.length} attached` : r.network.driver,
  }));
  return (
    <Confirm
      one="network"
      many="networks"
      text="The engine keeps one that containers are attached to."
      doomed={doomed}
      onClose={onClose}
      onConfirm={() =>
        removeNetworks(
          live,
          rows.map((r) => r.network),
        )
      }
    />
  );
}

interface ConfirmProps {
  one: string;
  many: string;
  text: string;
  doomed: readonly Doomed[];
  onConfirm: () => void;
  onClose: () => void;
  children?: React.ReactNode;
}

function Confirm({ one, many, text, doomed, onConfirm, onClose, children }: ConfirmProps) {
  const [said, setSaid] = useState("");
  const [only] = doomed;
  const what = doomed.length === 1 && only ? only.name : `${doomed.length} ${many}`;
  const wanted = confirmation(many, doomed);
  return (
    <FormFrame
      title={`Remove ${doomed.length === 1 ? `${one} ` : ""}${what}?`}
      text={text}
      verb={doomed.length === 1 ? "Remove" : `Remove ${doomed.length} ${many}`}
      bad
      ready={doomed.length > 0 && (wanted === null || said.trim() === wanted)}
      onSubmit={() => {
        onConfirm();
        return null;
      }}
      onClose={onClose}
    >
      <ul className="max-h-40 overflow-auto rounded border border-line bg-surface-0 py-1" aria-label="What is removed">
        {listed(doomed).map((d) => (
          <li key={d.key} className="px-3 py-0.5 text-sm">
            <span className="flex gap-3">
              <span className="min-w-0 flex-1 truncate font-semibold" title={d.name}>
                {d.name}
              </span>
              <span className="shrink-0 text-text-2">{d.note}</span>
            </span>
            {d.more.map((name) => (
              <span key={name} className="block truncate ps-3 text-text-2">
                {name}
              </span>
            ))}
          </li>
        ))}
      </ul>
      {children}
      {wanted !== null && <TextField label={`Type ${wanted} to confirm`} value={said} onChange={setSaid} />}
    </FormFrame>
  );
}
