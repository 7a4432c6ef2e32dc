import type { Keyed } from "../lib/keyed";
import type { KeyedTopic } from "./state";

/** Images, volumes or networks as of a commit; the same object until one of them changes. */
export interface ResourceTable<T> {
  /** They have come at least once. Until then there is nothing to show, and it is not known that there is none. */
  readonly loaded: boolean;
  /** By ENGINE/ID, volumes by ENGINE/NAME: look one up, go through all, or ask what changed since an earlier one. */
  readonly entries: Keyed<T>;
}

/** tableOf is the table of a topic, the one of before where nothing has changed. */
export function tableOf<T>(topic: KeyedTopic<T, T>, before: ResourceTable<T> | null): ResourceTable<T> {
  const loaded = topic.epoch !== null;
  return before?.loaded === loaded && before.entries === topic.entries ? before : { loaded, entries: topic.entries };
}
