import Plug from "lucide-react/icons/plug";
import RefreshCw from "lucide-react/icons/refresh-cw";
import { Button } from "../../components/Button";
import { useLive } from "../../store/hooks";
import type { PillAction } from "./pillView";

const WORDS: Record<PillAction, string> = {
  retry: "Retry now",
  connect: "Connect",
  "take-over": "Use here",
  reload: "Reload",
};

const ICONS = { retry: RefreshCw, connect: Plug, "take-over": Plug, reload: RefreshCw } as const;

interface PillActionButtonProps {
  action: PillAction;
  /** Beside the pill, where a narrow page has room for a sign only. */
  tight?: boolean;
}

/** The one thing to do about the state that the pill shows. */
export function PillActionButton({ action, tight = false }: PillActionButtonProps) {
  const { connection, store } = useLive();
  const onClick = () => {
    if (action === "reload") location.reload();
    else if (store.view().connection.phase === "idle") connection.connect();
    else connection.retry();
  };
  const Icon = ICONS[action];
  return (
    <Button className={tight ? "max-sm:px-1.5" : ""} onClick={onClick} title={tight ? WORDS[action] : undefined}>
      {tight && <Icon size={14} aria-hidden className="sm:hidden" />}
      <span className={tight ? "max-sm:sr-only" : ""}>{WORDS[action]}</span>
    </Button>
  );
}
