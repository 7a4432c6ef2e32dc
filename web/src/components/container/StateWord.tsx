import type { Container } from "../../api/types.gen";
import { StateIcon } from "./StateIcon";
import { stateView, type Tone } from "./stateView";

const TONE: Record<Tone, string> = {
  running: "text-running",
  paused: "text-paused",
  stopped: "text-stopped",
  transitional: "text-transitional",
  bad: "text-bad",
};

/** A container's state as icon, word and colour. */
export function StateWord({ container }: { container: Container }) {
  const view = stateView(container);
  return (
    <span title={view.title} className={`inline-flex items-baseline gap-1 whitespace-nowrap ${TONE[view.tone]}`}>
      <span className="inline-flex self-center">
        <StateIcon name={view.icon} />
      </span>
      {view.word}
    </span>
  );
}
