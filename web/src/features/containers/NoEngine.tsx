import ServerOff from "lucide-react/icons/server-off";
import type { EngineStatus } from "../../api/types.gen";
import { CommandLine } from "../../components/CommandLine";
import { Prose } from "../../components/Prose";
import { shellOf } from "../../components/shell";

/** No engine has answered yet: what was tried, what is wrong, and that it goes on trying. */
export function NoEngine({ engines }: { engines: readonly EngineStatus[] }) {
  const shell = shellOf();
  return (
    <div className="m-auto flex max-w-xl flex-col items-center gap-4 px-6 py-12 text-center">
      <ServerOff size={32} strokeWidth={1.5} aria-hidden className="text-text-3" />
      <h2 className="text-lg font-semibold">{titleOf(engines)}</h2>
      <ul className="flex max-w-full flex-col gap-3">
        {engines.map((e) => (
          <li key={e.id} className="flex flex-col items-center gap-3 text-text-2 wrap-anywhere">
            <p>
              Tried <code className="font-mono text-sm text-text-1">{e.host}</code> (from {e.origin}).
              {e.error !== "" && (
                <span className="block">
                  <Prose text={e.error} />
                </span>
              )}
            </p>
            {commandsIn(e.error).map((command) => (
              <CommandLine key={command} command={command} />
            ))}
          </li>
        ))}
      </ul>
      {shell && <shell.NoEngineHelp />}
      <p className="text-text-2">Quaywatch keeps trying, and this page follows by itself.</p>
    </div>
  );
}

function titleOf(engines: readonly EngineStatus[]): string {
  const down = engines.filter((e) => e.state === "unreachable");
  if (down.length === 0) return "Connecting to the engine…";
  return down.every((e) => e.errorCode === "forbidden") ? "No permission to use the engine" : "No engine answers";
}

/** What an error says to run with more rights than the page has: worth more than being read. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/`(sudo [^`]+)`/g)].map((m) => m[1] ?? "");
}
