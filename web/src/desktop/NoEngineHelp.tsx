import { Button } from "../components/Button";
import { setTarget } from "./commands";

/** Where no engine answers: how to get one, another one to watch, or the demo. */
export function NoEngineHelp() {
  return (
    <div className="flex flex-col items-center gap-3">
      <p className="text-text-2">
        Is Docker installed and running? <code className="font-mono text-sm">docker version</code> in a terminal tells.
        It can be had at <span className="font-mono text-sm text-text-1">docs.docker.com/get-docker</span>.
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <a
          href="/settings#app"
          className="inline-flex h-7 items-center rounded border border-line-strong bg-surface-1 px-2 text-sm hover:bg-surface-2"
        >
          Choose another engine
        </a>
        <Button onClick={() => void setTarget({ kind: "demo" })}>Look at the demo</Button>
      </div>
    </div>
  );
}
