import { useChoices } from "../../components/choices";
import { KINDS, type Kind } from "../../components/event/eventText";
import { kindChoices } from "./feedPreferences";

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
  const wanted = useChoices(kindChoices);
  return (
    <fieldset className="flex flex-wrap gap-1 border-b border-line px-3 py-1.5">
      <legend className="sr-only">Kinds of events</legend>
      {KINDS.map((kind) => {
        const on = wanted.has(kind);
        return (
          <button
            key={kind}
            type="button"
            aria-pressed={on}
            className={`rounded-full border px-2 text-xs/[18px] ${
              on ? "border-line-strong bg-surface-2 text-text-1" : "border-line text-text-3 hover:text-text-1"
            }`}
            onClick={() => kindChoices.set(kind, !on)}
          >
            {WORDS[kind]}
          </button>
        );
      })}
    </fieldset>
  );
}
