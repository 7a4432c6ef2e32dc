import { useState } from "react";
import { createNetwork } from "../../../api/resources";
import { useEngines, useLive } from "../../../store/hooks";
import { deskOf } from "../desk";
import { CheckField } from "./CheckField";
import { EngineField } from "./EngineField";
import { FormFrame } from "./FormFrame";
import { given, givenPairs } from "./pairs";
import { TextField } from "./TextField";

const DRIVERS = ["bridge", "macvlan", "ipvlan", "overlay"];

/** A network to be made. */
export function NetworkForm({ onClose }: { onClose: () => void }) {
  const live = useLive();
  const engines = useEngines();
  const [engine, setEngine] = useState("");
  const [name, setName] = useState("");
  const [driver, setDriver] = useState("");
  const [subnet, setSubnet] = useState("");
  const [gateway, setGateway] = useState("");
  const [labels, setLabels] = useState("");
  const [internal, setInternal] = useState(false);
  const [ipv6, setIPv6] = useState(false);
  const wanted = name.trim();
  const submit = () => {
    const request = {
      ...given("engine", engine || (engines[0]?.id ?? "")),
      name: wanted,
      ...given("driver", driver),
      ...given("subnet", subnet),
      ...given("gateway", gateway),
      ...givenPairs("labels", labels),
      ...(internal && { internal }),
      ...(ipv6 && { ipv6 }),
    };
    const what = `create network ${wanted}`;
    const answer = deskOf(live).attempt({
      key: what,
      name: wanted,
      what,
      doing: "Creating…",
      done: `Network ${wanted} created`,
      run: () => createNetwork(live.client, request).then((r) => r.warning),
    });
    return { what, answer };
  };
  return (
    <FormFrame title="Create a network" verb="Create" ready={wanted !== ""} onSubmit={submit} onClose={onClose}>
      <EngineField value={engine} onChange={setEngine} />
      <TextField label="Name" value={name} onChange={setName} />
      <TextField label="Driver" value={driver} placeholder="bridge" options={DRIVERS} onChange={setDriver} />
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="Subnet" value={subnet} placeholder="the engine chooses" onChange={setSubnet} />
        <TextField label="Gateway" value={gateway} placeholder="its first address" onChange={setGateway} />
      </div>
      <TextField label="Labels" value={labels} placeholder="team=shop, keep" onChange={setLabels} />
      <CheckField label="Internal" note="It leads nowhere outside" checked={internal} onChange={setInternal} />
      <CheckField label="IPv6" checked={ipv6} onChange={setIPv6} />
    </FormFrame>
  );
}
