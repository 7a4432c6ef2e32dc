import HeartCrack from "lucide-react/icons/heart-crack";
import Telescope from "lucide-react/icons/telescope";
import type { Container } from "../../api/types.gen";
import { StateIcon } from "../../components/container/StateIcon";
import { stateView } from "../../components/container/stateView";
import { Tip } from "../../components/Tip";
import { usePendingStage } from "../actions/usePending";
import { PendingWord } from "./PendingWord";

const TONE = {
  running: "text-running",
  paused: "text-paused",
  stopped: "text-stopped",
  transitional: "text-transitional",
  bad: "text-bad",
} as const;

interface StateCellProps {
  container: Container;
  /** Whether the health has a column of its own; otherwise a bad one is said here. */
  healthShown: boolean;
}

/** Icon, word and colour; what is under way stands instead until the engine tells its end. */
export function StateCell({ container, healthShown }: StateCellProps) {
  const pending = usePendingStage(`${container.engine}/${container.id}`);
  const view = stateView(container);
  const sick = !healthShown && container.state === "running" && container.health === "unhealthy";
  if (pending) return <PendingWord pending={pending} state={view.word} />;
  return (
    <span className="flex min-w-0 items-center gap-1">
      {sick ? (
        <span title="Running, but its health check fails" className="flex min-w-0 items-center gap-1 text-bad">
          <HeartCrack size={14} aria-hidden className="shrink-0" />
          <span className="truncate">Unhealthy</span>
        </span>
      ) : (
        <span title={view.title} className={`flex min-w-0 items-center gap-1 ${TONE[view.tone]}`}>
          <StateIcon name={view.icon} />
          <Word text={view.word} />
        </span>
      )}
      {container.inferred && (
        <Tip text="Inferred: nobody heard this happen. The engine or its event stream was away, and Quaywatch found this state by looking afterwards.">
          <span className="inline-flex shrink-0 text-text-3" role="img" aria-label="inferred" data-inferred>
            <Telescope size={12} aria-hidden />
          </span>
        </Tip>
      )}
    </span>
  );
}

/** "Exited (255)": the code is what matters, so the word is cut before it. */
function Word({ text }: { text: string }) {
  const at = text.indexOf(" (");
  if (at < 0) return <span className="truncate">{text}</span>;
  return (
    <span className="flex min-w-0">
      <span className="truncate">{text.slice(0, at)}</span>
      <span className="shrink-0 whitespace-pre">{text.slice(at)}</span>
    </span>
  );
}
