import { CopyButton } from "./CopyButton";

/** A command to run elsewhere: as it stands, and to be copied. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex max-w-full items-center gap-2 rounded border border-line bg-surface-2 py-1.5 ps-3 pe-1.5">
      <code className="min-w-0 overflow-x-auto font-mono text-sm whitespace-nowrap">{command}</code>
      <CopyButton label="Copy" text={() => command} />
    </div>
  );
}
