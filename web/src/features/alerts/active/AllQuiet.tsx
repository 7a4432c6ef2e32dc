import CircleCheck from "lucide-react/icons/circle-check";
import { Link } from "wouter";
import { alertsPath } from "../../../components/routes";
import { useLiveContainers } from "../../../store/hooks";
import { watchedText } from "../model/words";
import { useRules } from "../useDesk";

/** Nothing fires: what would is said, so that the quiet can be trusted. */
export function AllQuiet() {
  const { entries } = useLiveContainers();
  const { data, problem } = useRules();
  const on = data === null ? null : data.items.filter((r) => r.enabled && r.problem === "").length;
  return (
    <div className="m-auto flex max-w-lg flex-col items-center gap-3 px-6 py-12 text-center" data-testid="quiet">
      <CircleCheck size={32} strokeWidth={1.5} aria-hidden className="text-running" />
      <div>
        <h2 className="text-lg font-semibold">All quiet</h2>
        <p className="mt-1 min-h-5 text-text-2">{problem === "" ? watchedText(on, entries.length) : problem}</p>
      </div>
      <p className="flex gap-4">
        <Link href={alertsPath("rules")} className="text-accent hover:underline">
          Rules
        </Link>
        <Link href={alertsPath("history")} className="text-accent hover:underline">
          What was
        </Link>
      </p>
    </div>
  );
}
