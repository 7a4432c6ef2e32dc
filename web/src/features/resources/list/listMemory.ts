import { Selection } from "../../../components/grid/selection";
import type { Live } from "../../../store/live";

/** Where somebody was in a list, for when he comes back from what it led to. */
export interface ListMemory {
  readonly selection: Selection;
  filter: string;
  /** How the rows were ordered and filtered: another order has other places. */
  arrangement: string;
  top: number;
  /** The row that had the focus last. */
  active: string | null;
}

const memories = new WeakMap<Live, Map<string, ListMemory>>();

/** The memory of a list, for as long as the page's live data. */
export function memoryOf(live: Live, list: string): ListMemory {
  let lists = memories.get(live);
  if (lists === undefined) {
    lists = new Map();
    memories.set(live, lists);
  }
  let memory = lists.get(list);
  if (memory === undefined) {
    memory = { selection: new Selection(), filter: "", arrangement: "", top: 0, active: null };
    lists.set(list, memory);
  }
  return memory;
}
