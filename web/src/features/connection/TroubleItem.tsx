import ArrowRightLeft from "lucide-react/icons/arrow-right-left";
import CloudOff from "lucide-react/icons/cloud-off";
import KeyRound from "lucide-react/icons/key-round";
import RefreshCw from "lucide-react/icons/refresh-cw";
import Repeat from "lucide-react/icons/repeat";
import ServerOff from "lucide-react/icons/server-off";
import Unplug from "lucide-react/icons/unplug";
import { formatExact } from "../../components/format/time";
import type { Trouble, TroubleKind } from "../../transport/trouble";
import { lastedText, TROUBLE_WORDS, troubleTime } from "./troubleText";

const ICONS = {
  lost: Unplug,
  stalled: Unplug,
  refused: Unplug,
  polling: Repeat,
  websocket: ArrowRightLeft,
  gap: RefreshCw,
  resync: RefreshCw,
  engine: ServerOff,
  offline: CloudOff,
  signin: KeyRound,
  update: RefreshCw,
  superseded: Unplug,
} as const satisfies Record<TroubleKind, unknown>;

const TONES: Partial<Record<TroubleKind, string>> = {
  websocket: "text-running",
  polling: "text-paused",
  gap: "text-text-3",
  resync: "text-text-3",
};

/** One entry; day stands above the first of each day. */
export function TroubleItem({ entry, day }: { entry: Trouble; day: string }) {
  const Icon = ICONS[entry.what];
  return (
    <li className="border-b border-line px-4 py-2 last:border-b-0">
      {day !== "" && <h3 className="pb-2 text-xs text-text-3">{day}</h3>}
      <div className="flex items-start gap-2" data-trouble={entry.what}>
        <Icon size={14} aria-hidden className={`mt-[3px] shrink-0 ${TONES[entry.what] ?? "text-bad"}`} />
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline justify-between gap-3">
            <span className="font-semibold">{TROUBLE_WORDS[entry.what]}</span>
            <span className="shrink-0 text-sm text-text-3">{lastedText(entry)}</span>
          </div>
          <p className="text-sm text-text-2 wrap-anywhere">{entry.detail}</p>
        </div>
        <time
          dateTime={new Date(entry.at).toISOString()}
          title={formatExact(entry.at)}
          className="mt-0.5 shrink-0 text-sm text-text-2"
        >
          {troubleTime(entry)}
        </time>
      </div>
    </li>
  );
}
