import Pause from "lucide-react/icons/pause";
import Pencil from "lucide-react/icons/pencil";
import Play from "lucide-react/icons/play";
import RotateCw from "lucide-react/icons/rotate-cw";
import Skull from "lucide-react/icons/skull";
import Square from "lucide-react/icons/square";
import StepForward from "lucide-react/icons/step-forward";
import Trash from "lucide-react/icons/trash-2";
import type { Action } from "../../api/types.gen";

const ICONS = {
  start: Play,
  stop: Square,
  restart: RotateCw,
  pause: Pause,
  unpause: StepForward,
  kill: Skull,
  rename: Pencil,
  remove: Trash,
} as const;

export function ActionIcon({ action, size = 14 }: { action: Action; size?: number }) {
  const Icon = ICONS[action];
  return <Icon size={size} aria-hidden className="shrink-0" />;
}
