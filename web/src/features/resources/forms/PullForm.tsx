import { useState } from "react";
import { useEngines, useLive } from "../../../store/hooks";
import type { TransferAsked } from "../desk";
import { begin } from "../jobs";
import { Credentials, credentialsOf } from "./Credentials";
import { EngineField } from "./EngineField";
import { FormFrame } from "./FormFrame";
import { RegistrySearch } from "./RegistrySearch";
import { TextField } from "./TextField";

const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64"];

interface PullFormProps {
  asked: TransferAsked;
  onClose: () => void;
}

/** An image to be pulled from a registry. */
export function PullForm({ asked, onClose }: PullFormProps) {
  const live = useLive();
  const engines = useEngines();
  const [engine, setEngine] = useState(asked.engine);
  const [reference, setReference] = useState(asked.reference);
  const [platform, setPlatform] = useState(asked.platform);
  const [credentials, setCredentials] = useState({ username: "", password: "" });
  const subject = reference.trim();
  const submit = () => {
    const wanted = platform.trim();
    const where = engine || (engines[0]?.id ?? "");
    const request = { kind: "pull" as const, engine: where, options: {}, subject, ...credentialsOf(credentials) };
    const answer = begin(live, wanted === "" ? request : { ...request, platform: wanted });
    return { what: `pull ${subject}`, answer };
  };
  return (
    <FormFrame
      title="Pull an image"
      text="It goes on when this page is closed, and everybody who looks sees how far it is."
      verb="Pull"
      ready={subject !== ""}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Image"
        value={reference}
        placeholder="nginx:1.27"
        onChange={setReference}
        note="A name, with a tag or a digest if wanted: alpine, registry.example:5000/team/app:1.2, alpine@sha256:…"
      />
      <RegistrySearch term={subject} onChoose={setReference} />
      <EngineField value={engine} onChange={setEngine} />
      <TextField
        label="Platform"
        value={platform}
        placeholder="the engine's own"
        options={PLATFORMS}
        onChange={setPlatform}
      />
      <Credentials value={credentials} onChange={setCredentials} />
    </FormFrame>
  );
}
