// biome-ignore-all lint/a11y/useSemanticElements: an option with an icon and two columns is none of <select>
// biome-ignore-all lint/a11y/useFocusableInteractive: the combobox keeps the focus and names its active option
import ChevronRight from "lucide-react/icons/chevron-right";
import { useEffect, useRef } from "react";
import { StateIcon } from "../../components/container/StateIcon";
import { stateView, type Tone } from "../../components/container/stateView";
import { KeysShown } from "../../components/keysShown";
import { ailmentsOf } from "../trouble";
import type { Result } from "./results";

const TONES: Record<Tone, string> = {
  running: "text-running",
  paused: "text-paused",
  stopped: "text-stopped",
  transitional: "text-transitional",
  bad: "text-bad",
};

interface PaletteOptionProps {
  id: string;
  result: Result;
  active: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

export function PaletteOption({ id, result, active, onPoint, onChoose }: PaletteOptionProps) {
  const el = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) el.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's
    <div
      ref={el}
      id={id}
      role="option"
      aria-selected={active}
      className={`flex h-8 items-center gap-2 rounded px-2 ${active ? "bg-accent-soft" : ""}`}
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      {result.kind === "container" ? <ContainerOption result={result} /> : <CommandOption result={result} />}
    </div>
  );
}

function ContainerOption({ result }: { result: Extract<Result, { kind: "container" }> }) {
  const c = result.entry.container;
  const view = stateView(c);
  const sick = ailmentsOf(c).includes("unhealthy");
  return (
    <>
      <span className={TONES[view.tone]}>
        <StateIcon name={view.icon} />
      </span>
      <span className="min-w-0 shrink-0 truncate max-sm:shrink">{c.name}</span>
      <span className="min-w-0 truncate text-sm text-text-2">
        {c.project === "" ? c.image : `${c.project} · ${c.image}`}
      </span>
      <span className="ms-auto shrink-0 ps-2 text-sm text-text-2 max-sm:hidden">{view.word}</span>
      {sick && <span className="shrink-0 text-sm text-bad max-sm:ms-auto">Unhealthy</span>}
    </>
  );
}

function CommandOption({ result }: { result: Extract<Result, { kind: "command" }> }) {
  const { title, group, keys, icon: Icon = ChevronRight } = result.command;
  return (
    <>
      <span aria-hidden className="shrink-0 text-text-3">
        <Icon size={14} />
      </span>
      <span className="min-w-0 truncate">{title}</span>
      <span className="ms-auto flex shrink-0 items-center gap-2 ps-2 text-sm text-text-2">
        <span className="max-sm:hidden">{group}</span>
        {keys !== undefined && <KeysShown keys={keys} />}
      </span>
    </>
  );
}
