import Hourglass from "lucide-react/icons/hourglass";
import LoaderCircle from "lucide-react/icons/loader-circle";
import { WORDS } from "../actions/model/words";
import type { Pending } from "../actions/pendingBook";

/** "Stopping…": what is under way, never the hoped-for end. What the state still is stands in the title. */
export function PendingWord({ pending, state }: { pending: Pending; state: string }) {
  const { verb, doing } = WORDS[pending.action];
  if (pending.stage === "queued") {
    return (
      <span
        data-pending={pending.action}
        className="flex min-w-0 items-center gap-1 text-text-2"
        title={`${verb}: waits for its turn. ${state} until then`}
      >
        <Hourglass size={14} aria-hidden className="shrink-0" />
        <span className="truncate">{verb} queued</span>
      </span>
    );
  }
  return (
    <span
      data-pending={pending.action}
      className="flex min-w-0 items-center gap-1 text-transitional"
      title={`Still ${state.toLowerCase()}, as far as the engine has told`}
    >
      <LoaderCircle size={14} aria-hidden className="qw-spin shrink-0" />
      <span className="truncate">{doing}</span>
    </span>
  );
}
