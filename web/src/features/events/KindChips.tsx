import { usePreference } from "../../components/preference";
import { KINDS, type Kind } from "./eventText";
import { kindPreferences } from "./feedPreferences";

const WORDS: Record<Kind, string> = {
  container: "Container",
  exec: "Exec",
  image: "Image",
  network: "Network",
  volume: "Volume",
  other: "Other",
};

/** Which kinds of events are shown. */
export function KindChips() {
  return (
    <fieldset className="flex flex-wrap gap-1 border-b border-line px-3 py-1.5">
      <legend className="sr-only">Kinds of events</legend>
      {KINDS.map((kind) => (
        <KindChip key={kind} kind={kind} />
      ))}
    </fieldset>
  );
}

function KindChip({ kind }: { kind: Kind }) {
  const p = kindPreferences.get(kind);
  if (!p) throw new Error(`no preference for ${kind}`);
  const on = usePreference(p) === "on";
  return (
    <button
      type="button"
      aria-pressed={on}
      className={`rounded-full border px-2 text-xs/[18px] ${
        on ? "border-line-strong bg-surface-2 text-text-1" : "border-line text-text-3 hover:text-text-1"
      }`}
      onClick={() => p.set(on ? "off" : "on")}
    >
      {WORDS[kind]}
    </button>
  );
}
