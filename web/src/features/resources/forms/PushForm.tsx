import { useState } from "react";
import { useLive } from "../../../store/hooks";
import { begin } from "../jobs";
import { Credentials, credentialsOf } from "./Credentials";
import { FormFrame } from "./FormFrame";
import { given } from "./pairs";
import { TextField } from "./TextField";

interface PushFormProps {
  reference: string;
  /** The id of the engine that has it; "" is the only one. */
  engine: string;
  onClose: () => void;
}

/** An image to be pushed to the registry that its name names. */
export function PushForm({ reference: first, engine, onClose }: PushFormProps) {
  const live = useLive();
  const [reference, setReference] = useState(first);
  const [credentials, setCredentials] = useState({ username: "", password: "" });
  const subject = reference.trim();
  const submit = () => {
    onClose();
    void begin(
      live,
      { kind: "push", options: {}, subject, ...given("engine", engine), ...credentialsOf(credentials) },
      `Could not push ${subject}`,
    );
  };
  return (
    <FormFrame
      title={`Push ${first}`}
      text="To the registry that its name begins with, or to Docker Hub. It goes on when this page is closed."
      verb="Push"
      ready={subject !== ""}
      onSubmit={submit}
    >
      <TextField label="Tag" value={reference} onChange={setReference} />
      <Credentials value={credentials} onChange={setCredentials} />
    </FormFrame>
  );
}
