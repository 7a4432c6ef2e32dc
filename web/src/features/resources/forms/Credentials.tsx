import { useState } from "react";
import type { RegistryCredentials } from "../../../api/types.gen";
import { CheckField } from "./CheckField";
import { TextField } from "./TextField";

interface CredentialsProps {
  value: RegistryCredentials;
  onChange: (value: RegistryCredentials) => void;
}

/** Who one is to the registry, for once. */
export function Credentials({ value, onChange }: CredentialsProps) {
  const [wanted, setWanted] = useState(false);
  const want = (on: boolean) => {
    setWanted(on);
    if (!on) onChange({ username: "", password: "" });
  };
  return (
    <>
      <CheckField
        label="Sign in to the registry for this"
        note="Otherwise what docker login has left on the server's machine is used."
        checked={wanted}
        onChange={want}
      />
      {wanted && (
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="User name"
            value={value.username}
            autoComplete="off"
            onChange={(username) => onChange({ ...value, username })}
          />
          <TextField
            label="Password or token"
            type="password"
            value={value.password}
            autoComplete="new-password"
            onChange={(password) => onChange({ ...value, password })}
          />
        </div>
      )}
    </>
  );
}

/** What a job request says of them: nothing where nobody is named. */
export function credentialsOf(value: RegistryCredentials): { credentials?: RegistryCredentials } {
  return value.username === "" ? {} : { credentials: value };
}
