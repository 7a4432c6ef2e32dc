import { Button } from "../../components/Button";
import { useLive } from "../../store/hooks";
import type { PillAction } from "./pillView";

const WORDS: Record<PillAction, string> = {
  retry: "Retry now",
  connect: "Connect",
  "take-over": "Use here",
  reload: "Reload",
};

/** The one thing to do about the state that the pill shows. */
export function PillActionButton({ action, className = "" }: { action: PillAction; className?: string }) {
  const { connection, store } = useLive();
  const onClick = () => {
    if (action === "reload") location.reload();
    else if (store.view().connection.phase === "idle") connection.connect();
    else connection.retry();
  };
  return (
    <Button className={className} onClick={onClick}>
      {WORDS[action]}
    </Button>
  );
}
