import { useState } from "react";
import { useLive } from "../../../store/hooks";
import type { TransferAsked } from "../desk";
import { begin } from "../jobs";
import { Credentials, credentialsOf } from "./Credentials";
import { FormFrame } from "./FormFrame";
import { given } from "./pairs";
import { TextField } from "./TextField";

interface PushFormProps {
  /** Of the engine that has it. */
  asked: TransferAsked;
  onClose: () => void;
}

/** An image to be pushed to the registry that its name names. */
export function PushForm({ asked, onClose }: PushFormProps) {
  const live = useLive();
  const [reference, setReference] = useState(asked.reference);
  const [credentials, setCredentials] = useState({ username: "", password: "" });
  const subject = reference.trim();
  const submit = () => {
    const answer = begin(live, {
      ...{ kind: "push", options: {}, subject, ...credentialsOf(credentials) },
      ...given("engine", asked.engine),
      ...given("platform", asked.platform),
    });
    return { what: `push ${subject}`, answer };
  };
  return (
    <FormFrame
      title={`Push ${asked.reference}`}
      text="To the registry that its name begins with, or to Docker Hub. It goes on when this page is closed."
      verb="Push"
      ready={subject !== ""}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="Tag" value={reference} onChange={setReference} />
      <Credentials value={credentials} onChange={setCredentials} />
    </FormFrame>
  );
}
