import { type FormEvent, useEffect, useId, useState } from "react";
import { Button } from "../components/Button";
import { Setting } from "../features/settings/Setting";
import { type DockerContext, dockerContexts, setRemoteToken, type Target } from "./commands";

interface TargetSettingProps {
  target: Target;
  onChange: (target: Target) => Promise<void>;
}

/** Which engine is watched, or which server is looked at. */
export function TargetSetting({ target, onChange }: TargetSettingProps) {
  const id = useId();
  const [contexts, setContexts] = useState<readonly DockerContext[]>([]);
  const [choice, setChoice] = useState(choiceOf(target));
  useEffect(() => {
    void dockerContexts().then(setContexts, () => setContexts([]));
  }, []);
  const choose = (next: string) => {
    setChoice(next);
    const name = /^context:(.*)$/.exec(next)?.[1];
    if (name !== undefined) void onChange({ kind: "context", name });
    else if (next === "auto" || next === "demo") void onChange({ kind: next });
  };
  return (
    <>
      <Setting
        id={id}
        label="What is watched"
        note="An engine of this machine, one that a docker context names, or a Quaywatch server that runs elsewhere."
        control={`${id}-box`}
      >
        <select
          id={`${id}-box`}
          aria-describedby={`${id}-note`}
          value={choice}
          onChange={(e) => choose(e.target.value)}
          className="h-7 max-w-full rounded border border-line-strong bg-surface-1 px-2 text-sm"
        >
          <option value="auto">The engine that docker uses</option>
          {contexts.map((c) => (
            <option key={c.name} value={`context:${c.name}`} disabled={c.error !== undefined}>
              Context {c.name} ({c.host || "can’t be used"})
            </option>
          ))}
          <option value="host">An engine at an address…</option>
          <option value="remote">A Quaywatch server…</option>
          <option value="demo">The demo: nothing in it is real</option>
        </select>
      </Setting>
      {choice === "host" && <HostForm target={target} onChange={onChange} />}
      {choice === "remote" && <RemoteForm target={target} onChange={onChange} />}
    </>
  );
}

function choiceOf(target: Target): string {
  return target.kind === "context" ? `context:${target.name}` : target.kind;
}

const FIELD = "h-7 min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-2 font-mono text-sm";

function HostForm({ target, onChange }: TargetSettingProps) {
  const id = useId();
  const [host, setHost] = useState(target.kind === "host" ? target.host : "");
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (host.trim() !== "") void onChange({ kind: "host", host: host.trim() });
  };
  return (
    <form onSubmit={submit} className="flex items-center gap-2 pb-3">
      <label htmlFor={id} className="text-sm text-text-2">
        Address
      </label>
      <input
        id={id}
        value={host}
        onChange={(e) => setHost(e.target.value)}
        placeholder="unix:///var/run/docker.sock"
        spellCheck={false}
        className={FIELD}
      />
      <Button type="submit">Watch it</Button>
    </form>
  );
}

function RemoteForm({ target, onChange }: TargetSettingProps) {
  const id = useId();
  const [url, setUrl] = useState(target.kind === "remote" ? target.url : "");
  const [token, setToken] = useState("");
  const [said, setSaid] = useState("");
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const origin = originOf(url);
    if (origin === null) {
      setSaid("That is no address to send a token to; one is https://watch.example.org, or a tunnel to 127.0.0.1.");
      return;
    }
    try {
      if (token !== "") setSaid(`The token is kept in ${await setRemoteToken(origin, token)}.`);
      await onChange({ kind: "remote", url: origin });
    } catch (error) {
      setSaid(String(error));
    }
  };
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-2 pb-3">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={`${id}-url`} className="w-16 text-sm text-text-2">
          Server
        </label>
        <input
          id={`${id}-url`}
          value={url}
          onChange={(e) => setUrl(e.target.value)}
          placeholder="https://watch.example.org"
          spellCheck={false}
          className={FIELD}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={`${id}-token`} className="w-16 text-sm text-text-2">
          Token
        </label>
        <input
          id={`${id}-token`}
          type="password"
          autoComplete="off"
          value={token}
          onChange={(e) => setToken(e.target.value)}
          placeholder="as kept; quaywatch token create makes one"
          className={FIELD}
        />
        <Button type="submit">Look at it</Button>
      </div>
      {said !== "" && (
        <p role="status" className="text-sm text-text-2">
          {said}
        </p>
      )}
    </form>
  );
}

/** The origin of what was typed; null for what is no address, and for one where a token would go unencrypted. */
function originOf(text: string): string | null {
  try {
    const { protocol, origin, hostname } = new URL(text.trim());
    const here = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    return protocol === "https:" || (protocol === "http:" && here) ? origin : null;
  } catch {
    return null;
  }
}
