import Circle from "lucide-react/icons/circle";
import CircleAlert from "lucide-react/icons/circle-alert";
import CircleDashed from "lucide-react/icons/circle-dashed";
import CirclePause from "lucide-react/icons/circle-pause";
import CirclePlay from "lucide-react/icons/circle-play";
import CircleX from "lucide-react/icons/circle-x";
import RotateCw from "lucide-react/icons/rotate-cw";
import type { StateIcon as Name } from "./stateView";

const ICONS = {
  running: CirclePlay,
  paused: CirclePause,
  exited: Circle,
  failed: CircleAlert,
  busy: RotateCw,
  created: CircleDashed,
  dead: CircleX,
} as const satisfies Record<Name, unknown>;

export function StateIcon({ name }: { name: Name }) {
  const Icon = ICONS[name];
  return <Icon size={14} strokeWidth={2} aria-hidden className={name === "busy" ? "qw-spin shrink-0" : "shrink-0"} />;
}
