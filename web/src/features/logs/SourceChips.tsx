import { sourceLabels } from "./model/sourceLabels";
import type { LogScreen } from "./screen/logScreen";
import { useLogSources, useLogState } from "./useLogState";

const WORDS = { following: "", ended: "ended", failed: "can't be read" } as const;

/** Which of several containers are shown, each with the colour of its lines. */
export function SourceChips({ screen }: { screen: LogScreen }) {
  const sources = useLogSources(screen);
  const hidden = useLogState(screen, (s) => s.hidden);
  if (sources.length < 2) return null;
  const { labels, hues } = sourceLabels(sources.map((s) => s.name));
  const toggle = (src: number) => {
    const next = new Set(hidden);
    if (!next.delete(src)) next.add(src);
    screen.hide(next);
  };
  return (
    <fieldset className="flex max-h-24 shrink-0 flex-wrap gap-1 overflow-y-auto border-b border-line px-2 py-1.5">
      <legend className="sr-only">Containers shown</legend>
      {sources.map((s, i) => (
        <button
          key={s.key}
          type="button"
          aria-pressed={!hidden.has(i)}
          title={s.message === "" ? s.name : `${s.name}: ${s.message}`}
          onClick={() => toggle(i)}
          onDoubleClick={() => screen.hide(new Set(sources.map((_, n) => n).filter((n) => n !== i)))}
          className={`inline-flex items-center gap-1.5 rounded-full border px-2 text-xs/[20px] ${
            hidden.has(i)
              ? "border-line text-text-3 line-through hover:text-text-1"
              : "border-line-strong bg-surface-2 text-text-1"
          }`}
        >
          <span className="ql-dot" style={{ "--hue": hues[i] }} aria-hidden />
          {labels[i]}
          {s.phase && WORDS[s.phase] && <span className="text-text-3">{WORDS[s.phase]}</span>}
        </button>
      ))}
      {hidden.size > 0 && (
        <button
          type="button"
          className="rounded px-1.5 text-xs/[20px] text-accent hover:underline"
          onClick={() => screen.hide(new Set())}
        >
          Show all
        </button>
      )}
    </fieldset>
  );
}
