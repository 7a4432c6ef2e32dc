import AppWindow from "lucide-react/icons/app-window";
import Container from "lucide-react/icons/container";
import Ship from "lucide-react/icons/ship";
import Unplug from "lucide-react/icons/unplug";
import type { ReactNode } from "react";
import type { EngineStatus } from "../../api/types.gen";
import { engineHop, type Hop, type HopTone, pageHop } from "./hops";
import type { PillState } from "./pillView";

interface HopPictureProps {
  /** The state of the link alone. */
  state: PillState;
  rtt: number | null;
  engines: readonly EngineStatus[];
}

const TEXT: Record<HopTone, string> = {
  good: "text-running",
  warn: "text-paused",
  bad: "text-bad",
  unknown: "text-text-3",
};

/** Solid while all is well, broken while it is not: the colour says nothing that the line and its word do not. */
const LINE: Record<HopTone, string> = {
  good: "border-solid border-running",
  warn: "border-dashed border-paused",
  bad: "border-dotted border-bad",
  unknown: "border-dotted border-text-3",
};

/** Where the data comes from: this page, Quaywatch, and each engine behind it. */
export function HopPicture({ state, rtt, engines }: HopPictureProps) {
  const page = pageHop(state, rtt);
  return (
    <div role="img" aria-label={inWords(page, engines, state)} className="flex flex-col gap-1" data-testid="hops">
      {(engines.length === 0 ? [null] : engines).map((e, i) => {
        const hop = e === null ? UNKNOWN : engineHop(e, state);
        return (
          <div key={e?.id ?? "none"} className="flex items-start">
            <Node icon={<AppWindow size={16} />} name="This page" hidden={i > 0} />
            <Line hop={page} hidden={i > 0} what="page" />
            <Node icon={<Ship size={16} />} name="Quaywatch" hidden={i > 0} />
            <Line hop={hop} what="engine" />
            <Node icon={<Container size={16} />} name={e?.name || "Docker"} />
          </div>
        );
      })}
    </div>
  );
}

const UNKNOWN: Hop = { tone: "unknown", time: "", word: "not known" };

function Node({ icon, name, hidden = false }: { icon: ReactNode; name: string; hidden?: boolean }) {
  return (
    <div className={`flex w-16 shrink-0 flex-col items-center gap-1 max-sm:-mx-1 sm:w-20 ${hidden ? "invisible" : ""}`}>
      <span className="flex size-8 items-center justify-center rounded-full border border-line-strong bg-surface-0 text-text-2">
        {icon}
      </span>
      <span className="line-clamp-2 w-full text-center text-xs text-text-2 wrap-anywhere" title={name}>
        {name}
      </span>
    </div>
  );
}

function Line({ hop, what, hidden = false }: { hop: Hop; what: string; hidden?: boolean }) {
  return (
    <div
      className={`min-w-0 flex-1 text-center text-xs ${TEXT[hop.tone]} ${hidden ? "invisible" : ""}`}
      data-hop={what}
      data-tone={hop.tone}
    >
      <span className="block h-4 truncate">{hop.time}</span>
      <span className={`flex h-0 items-center justify-center border-t-2 ${LINE[hop.tone]}`}>
        {hop.tone === "bad" && <Unplug size={14} className="box-content bg-surface-1 px-0.5" />}
      </span>
      <span className="mt-1.5 block truncate">{hop.word}</span>
    </div>
  );
}

function inWords(page: Hop, engines: readonly EngineStatus[], state: PillState): string {
  const words = (hop: Hop) => (hop.time === "" ? hop.word : `${hop.word}, ${hop.time}`);
  const rest = engines.map((e) => `Quaywatch to ${e.name || "Docker"}: ${words(engineHop(e, state))}.`);
  return [`This page to Quaywatch: ${words(page)}.`, ...rest].join(" ");
}
