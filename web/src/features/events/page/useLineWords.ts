import { useMemo } from "react";
import type { Event } from "../../../api/types.gen";
import { useLive } from "../../../store/hooks";
import type { Live } from "../../../store/live";
import type { Known } from "../../../store/past/identity";
import { indexOf, whyOf } from "./whys";

export interface Words {
  /** Who asked; "" for nobody that is known. */
  readonly by: string;
  readonly why: string;
}

export type LineWords = (row: { readonly key: string; readonly event: Event; readonly at: number }) => Words;

/**
 * Who asked for an event, and why it came to be: of the lines that are drawn, by
 * those around them. told: the list has all events of a container, so that they
 * explain each other.
 */
export function useLineWords(events: readonly Known[], told: boolean): LineWords {
  const live = useLive();
  return useMemo(() => {
    // Scrolling draws the same lines over and over; another list explains them anew.
    const known = new Map<string, Words>();
    return (row) => {
      let words = known.get(row.key);
      if (words === undefined) {
        words = wordsFor(row, told ? events : [], live);
        known.set(row.key, words);
      }
      return words;
    };
  }, [events, told, live]);
}

function wordsFor(
  { key, event, at }: Parameters<LineWords>[0],
  events: readonly Known[],
  { store, clientId }: Live,
): Words {
  const by = event.by === undefined ? "" : event.by.client === clientId ? "you" : event.by.name || "somebody";
  if (event.kind !== "container") return { by, why: event.attributes["reason"] ?? "" };
  const index = indexOf(events, at, key.startsWith("in ") ? key.slice(3) : key);
  if (index < 0) return { by, why: "" };
  const entry = store.view().containers.get(`${event.engine}/${event.id}`);
  return { by, why: whyOf(events, index, entry, clientId)?.text ?? "" };
}
