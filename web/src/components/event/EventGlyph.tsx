import Activity from "lucide-react/icons/activity";
import CircleAlert from "lucide-react/icons/circle-alert";
import CirclePause from "lucide-react/icons/circle-pause";
import CirclePlay from "lucide-react/icons/circle-play";
import CircleStop from "lucide-react/icons/circle-stop";
import Database from "lucide-react/icons/database";
import HeartPulse from "lucide-react/icons/heart-pulse";
import Layers from "lucide-react/icons/layers";
import Link2 from "lucide-react/icons/link-2";
import Pencil from "lucide-react/icons/pencil";
import Plus from "lucide-react/icons/plus";
import Terminal from "lucide-react/icons/terminal";
import Trash2 from "lucide-react/icons/trash-2";
import type { EventIcon, EventTone } from "./eventText";

const ICONS = {
  start: CirclePlay,
  stop: CircleStop,
  fail: CircleAlert,
  pause: CirclePause,
  remove: Trash2,
  create: Plus,
  health: HeartPulse,
  exec: Terminal,
  rename: Pencil,
  link: Link2,
  image: Layers,
  volume: Database,
  other: Activity,
} as const satisfies Record<EventIcon, unknown>;

const TONES: Record<EventTone, string> = {
  good: "text-running",
  bad: "text-bad",
  warn: "text-paused",
  plain: "text-text-3",
};

export function EventGlyph({ icon, tone }: { icon: EventIcon; tone: EventTone }) {
  const Icon = ICONS[icon];
  return <Icon size={14} aria-hidden className={`mt-[3px] shrink-0 ${TONES[tone]}`} />;
}
