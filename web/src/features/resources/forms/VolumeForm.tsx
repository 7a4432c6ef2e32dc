import { useState } from "react";
import { createVolume } from "../../../api/resources";
import { useEngines, useLive } from "../../../store/hooks";
import { deskOf } from "../desk";
import { EngineField } from "./EngineField";
import { FormFrame } from "./FormFrame";
import { given, givenPairs } from "./pairs";
import { TextField } from "./TextField";

/** A volume to be made. */
export function VolumeForm({ onClose }: { onClose: () => void }) {
  const live = useLive();
  const engines = useEngines();
  const [engine, setEngine] = useState("");
  const [name, setName] = useState("");
  const [driver, setDriver] = useState("");
  const [labels, setLabels] = useState("");
  const [options, setOptions] = useState("");
  const submit = () => {
    const request = {
      ...given("engine", engine || (engines[0]?.id ?? "")),
      ...given("name", name),
      ...given("driver", driver),
      ...givenPairs("labels", labels),
      ...givenPairs("options", options),
    };
    const which = name.trim() === "" ? "a volume" : `volume ${name.trim()}`;
    const what = `create ${which}`;
    const answer = deskOf(live).attempt({
      key: what,
      name: which,
      what,
      doing: "Creating…",
      done: `${which} created`,
      run: () => createVolume(live.client, request).then((r) => r.warning),
    });
    return { what, answer };
  };
  return (
    <FormFrame title="Create a volume" verb="Create" ready onSubmit={submit} onClose={onClose}>
      <EngineField value={engine} onChange={setEngine} />
      <TextField label="Name" value={name} onChange={setName} note="Left empty, the engine makes one up" />
      <TextField label="Driver" value={driver} placeholder="local" onChange={setDriver} />
      <TextField label="Labels" value={labels} placeholder="team=shop, keep" onChange={setLabels} />
      <TextField
        label="Options of the driver"
        value={options}
        placeholder="type=tmpfs, device=tmpfs"
        onChange={setOptions}
      />
    </FormFrame>
  );
}
