import RotateCw from "lucide-react/icons/rotate-cw";
import type { ServerStatus } from "./commands";

/** The server inside ended and is started again: what happened, until it is there. */
export function ServerNews({ status }: { status: ServerStatus }) {
  if (status.state !== "restarting") return null;
  return (
    <div
      role="alert"
      data-banner="server"
      className="flex shrink-0 items-start gap-2 border-b border-line bg-warn-soft px-3 py-1.5 text-sm text-text-1"
    >
      <RotateCw size={16} aria-hidden className="shrink-0 text-warn" />
      <p className="min-w-0 wrap-anywhere">
        <strong className="font-semibold">Quaywatch’s server ended and is started again</strong>
        {status.restarts > 1 && ` (${status.restarts} times within a minute)`}. {status.reason}
      </p>
    </div>
  );
}
