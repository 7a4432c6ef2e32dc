import Anchor from "lucide-react/icons/anchor";
import { CommandLine } from "../../components/CommandLine";

const COMMAND = "docker run --rm -d --name hello -p 8080:80 nginx";

/** An engine without containers: what to do next. */
export function EmptyTable({ engine }: { engine: string }) {
  return (
    <div className="m-auto flex w-full max-w-lg min-w-0 flex-col items-center gap-4 px-6 py-12 text-center">
      <Anchor size={32} strokeWidth={1.5} aria-hidden className="text-text-3" />
      <div>
        <h2 className="text-lg font-semibold">No containers yet</h2>
        <p className="mt-1 text-text-2">
          {engine === "" ? "The engine" : engine} is connected and has none, running or stopped. Start one, and it
          appears here at once:
        </p>
      </div>
      <CommandLine command={COMMAND} />
    </div>
  );
}
