import Telescope from "lucide-react/icons/telescope";
import type { Container } from "../../api/types.gen";
import { Tip } from "../../components/Tip";
import { stateView } from "./model/stateView";
import { StateIcon } from "./StateIcon";

const TONE = {
  running: "text-running",
  paused: "text-paused",
  stopped: "text-stopped",
  transitional: "text-transitional",
  bad: "text-bad",
} as const;

/** Icon, word and colour; what was only found out by looking says so. */
export function StateCell({ container }: { container: Container }) {
  const view = stateView(container);
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span title={view.title} className={`flex min-w-0 items-center gap-1.5 ${TONE[view.tone]}`}>
        <StateIcon name={view.icon} />
        <span className="truncate">{view.word}</span>
      </span>
      {container.inferred && (
        <Tip text="Inferred: nobody heard this happen. The engine or its event stream was away, and Quaywatch found this state by looking afterwards.">
          <span className="inline-flex shrink-0 text-text-3" role="img" aria-label="inferred" data-inferred>
            <Telescope size={13} aria-hidden />
          </span>
        </Tip>
      )}
    </span>
  );
}
