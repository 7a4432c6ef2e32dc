import { useState } from "react";
import { connectNetwork } from "../../../api/resources";
import { useLive, useLiveContainers, useLiveNetworks } from "../../../store/hooks";
import { deskOf } from "../desk";
import { FormFrame } from "./FormFrame";
import { given } from "./pairs";
import { TextField } from "./TextField";

/** A container to be attached to a network. */
export function ConnectForm({ network: key, onClose }: { network: string; onClose: () => void }) {
  const live = useLive();
  const network = useLiveNetworks().entries.get(key);
  const containers = useLiveContainers();
  const [container, setContainer] = useState("");
  const [address, setAddress] = useState("");
  const [aliases, setAliases] = useState("");
  if (!network) return null;
  const attached = new Set(network.endpoints.map((e) => e.container));
  const names = containers.entries
    .filter((e) => e.container.engine === network.engine && !attached.has(e.container.id))
    .map((e) => e.container.name)
    .sort();
  const wanted = container.trim();
  const submit = () => {
    const words = aliases.split(/[\s,]+/).filter((a) => a !== "");
    const request = {
      container: wanted,
      ...given(address.includes(":") ? "ipv6" : "ipv4", address),
      ...(words.length > 0 && { aliases: words }),
    };
    const what = `connect ${wanted} to ${network.name}`;
    const answer = deskOf(live).attempt({
      key,
      name: wanted,
      what,
      doing: "Connecting…",
      done: `${wanted} connected to ${network.name}`,
      run: () => connectNetwork(live.client, network, request).then((r) => r.warning),
    });
    return { what, answer };
  };
  return (
    <FormFrame
      title={`Connect to ${network.name}`}
      verb="Connect"
      ready={wanted !== ""}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="Container" value={container} options={names} onChange={setContainer} />
      <TextField label="Address" value={address} placeholder="the engine chooses" onChange={setAddress} />
      <TextField
        label="Aliases"
        value={aliases}
        onChange={setAliases}
        note="Other names by which the network knows it"
      />
    </FormFrame>
  );
}
