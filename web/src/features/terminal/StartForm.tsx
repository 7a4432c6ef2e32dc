import SquareTerminal from "lucide-react/icons/square-terminal";
import { type FormEvent, useId, useState } from "react";
import { Button } from "../../components/Button";
import { optionsOf, type Wanted } from "./model/options";
import { StartField } from "./StartField";

interface StartFormProps {
  readonly name: string;
  /** Why it can't be started now, or null. */
  readonly reason: string | null;
  readonly first: Wanted;
  onStart(wanted: Wanted): void;
}

/** What to run. A shell, unless somebody says otherwise: then nothing needs to be filled in. */
export function StartForm({ name, reason, first, onStart }: StartFormProps) {
  const [wanted, setWanted] = useState(first);
  const [tried, setTried] = useState(false);
  const id = useId();
  const asked = optionsOf(wanted);
  const problem = tried && "problem" in asked ? asked : null;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (reason === null && "what" in asked) onStart(wanted);
  };
  const field = (key: keyof Wanted) => ({
    value: wanted[key],
    problem: problem?.field === key ? problem.problem : null,
    onChange: (value: string) => setWanted({ ...wanted, [key]: value }),
  });
  return (
    <form onSubmit={submit} className="flex max-w-xl flex-col gap-4 p-4" aria-label={`Terminal in ${name}`}>
      <div className="flex flex-col gap-1">
        <h2 className="font-semibold">A terminal in {name}</h2>
        <p className="text-sm text-text-2">
          Runs a command in the container, as <code className="font-mono">docker exec -it</code> does. Who opened it,
          and when, stands in the audit; what is typed does not.
        </p>
      </div>
      {reason !== null && (
        <p role="status" className="rounded border border-line bg-surface-2 px-3 py-2" data-why>
          {reason}.
        </p>
      )}
      <StartField
        label="Command"
        hint="Empty: bash where the container has it, else sh"
        placeholder="psql -U shop"
        {...field("command")}
      />
      <details className="group">
        <summary className="w-fit cursor-pointer text-sm text-text-2 hover:text-text-1">
          User, directory and environment
        </summary>
        <div className="mt-3 flex flex-col gap-3">
          <StartField label="User" hint="Empty: the container’s" placeholder="1000:1000" {...field("user")} />
          <StartField label="Directory" hint="Empty: the container’s" placeholder="/var/log" {...field("workingDir")} />
          <StartField label="Environment" hint="NAME=VALUE, one a line" lines={3} {...field("env")} />
        </div>
      </details>
      <div className="flex items-center gap-3">
        <Button
          type="submit"
          tone="primary"
          disabled={reason !== null}
          aria-describedby={reason !== null ? `${id}-why` : undefined}
        >
          <SquareTerminal size={14} aria-hidden />
          Open the terminal
        </Button>
        <p id={`${id}-why`} className="text-sm text-text-3">
          {reason === null ? "Ctrl+Shift+L leaves it for the page, Ctrl+Shift+C copies, Ctrl+Shift+V pastes." : ""}
        </p>
      </div>
    </form>
  );
}
