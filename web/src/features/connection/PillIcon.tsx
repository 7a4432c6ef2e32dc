import CircleCheck from "lucide-react/icons/circle-check";
import CloudOff from "lucide-react/icons/cloud-off";
import Ellipsis from "lucide-react/icons/ellipsis";
import KeyRound from "lucide-react/icons/key-round";
import LoaderCircle from "lucide-react/icons/loader-circle";
import RefreshCw from "lucide-react/icons/refresh-cw";
import Repeat from "lucide-react/icons/repeat";
import ServerOff from "lucide-react/icons/server-off";
import Snail from "lucide-react/icons/snail";
import Unplug from "lucide-react/icons/unplug";
import type { PillState } from "./pillView";

const ICONS = {
  connecting: LoaderCircle,
  live: CircleCheck,
  slow: Snail,
  silent: Ellipsis,
  syncing: RefreshCw,
  polling: Repeat,
  reconnecting: Unplug,
  "engine-down": ServerOff,
  offline: CloudOff,
  signin: KeyRound,
  update: RefreshCw,
  closed: Unplug,
} as const satisfies Record<PillState, unknown>;

export function PillIcon({ state }: { state: PillState }) {
  const Icon = ICONS[state];
  const turns = state === "connecting" || state === "syncing";
  return <Icon size={14} aria-hidden className={`shrink-0 ${turns ? "qw-spin" : ""}`} />;
}
