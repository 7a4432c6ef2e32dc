import Drama from "lucide-react/icons/drama";
import ServerOff from "lucide-react/icons/server-off";
import { useSyncExternalStore } from "react";
import { formatClock, parseTime } from "../../components/format/time";
import { Prose } from "../../components/Prose";
import { useEngines, useLive } from "../../store/hooks";
import { noEngine } from "./noEngine";

/** What has to be known before anything below is believed. None can be dismissed: each goes with its cause. */
export function Banners() {
  const engines = useEngines();
  const { store } = useLive();
  const said = useSyncExternalStore(store.subscribe, () => noEngine(store.view().containers, store.view().engines));
  const empty = useSyncExternalStore(store.subscribe, () => store.view().containers.size === 0);
  const demos = engines.filter((e) => e.demo);
  const down = said ? [] : engines.filter((e) => e.state === "unreachable");
  return (
    <>
      {demos.length > 0 && (
        <div
          role="note"
          data-banner="demo"
          className="flex shrink-0 items-start gap-2 bg-banner px-3 py-1.5 text-sm text-on-banner"
        >
          <Drama size={16} aria-hidden className="shrink-0" />
          <p>
            <strong className="font-semibold">Demo engine: nothing here is real.</strong> The containers and their load
            are made up. To watch a real one, start Docker and then <code className="font-mono">quaywatch serve</code>,
            or name it with <code className="font-mono">--host</code>.
          </p>
        </div>
      )}
      {down.map((e) => (
        <div
          key={e.id}
          role="alert"
          data-banner="engine"
          className="flex shrink-0 items-start gap-2 border-b border-line bg-bad-soft px-3 py-1.5 text-sm text-text-1"
        >
          <ServerOff size={16} aria-hidden className="shrink-0 text-bad" />
          <p className="min-w-0 wrap-anywhere">
            <strong className="font-semibold">
              {e.name || "Docker"} is unreachable since {formatClock(parseTime(e.since))}.
            </strong>{" "}
            <Prose text={e.error} />{" "}
            {empty ? "Quaywatch keeps trying." : "What is shown is last known; Quaywatch keeps trying."}
          </p>
        </div>
      ))}
    </>
  );
}
