import { useSyncExternalStore } from "react";
import { KINDS, type Kind } from "./eventText";
import { kindPreferences } from "./feedPreferences";

function subscribe(listener: () => void): () => void {
  const stops = [...kindPreferences.values()].map((p) => p.subscribe(listener));
  return () => {
    for (const stop of stops) stop();
  };
}

/** One word for all choices, so that the same choice is the same value. */
function read(): string {
  return KINDS.filter((k) => kindPreferences.get(k)?.get() === "on").join(" ");
}

const sets = new Map<string, ReadonlySet<Kind>>();

export function useWantedKinds(): ReadonlySet<Kind> {
  const words = useSyncExternalStore(subscribe, read);
  let set = sets.get(words);
  if (!set) {
    set = new Set(KINDS.filter((k) => words.split(" ").includes(k)));
    sets.set(words, set);
  }
  return set;
}
