import { useCallback, useMemo } from "react";
import { type Preference, preference, usePreference } from "../../components/preference";
import type { Kind, Row } from "./model/kind";
import type { Order } from "./model/order";

export interface OrderModel {
  readonly order: Order;
  /** Sorts by a column, or the other way round where it is sorted by it: figures from the greatest at first. */
  orderBy(id: string): void;
}

const preferences = new Map<string, Preference<string>>();

function preferenceOf<R extends Row>(kind: Kind<R>): Preference<string> {
  let p = preferences.get(kind.id);
  if (p === undefined) {
    const words = kind.columns.flatMap((c) => [`${c.id} up`, `${c.id} down`]);
    p = preference(`${kind.id}.sort`, words, words[0] ?? "");
    preferences.set(kind.id, p);
  }
  return p;
}

/** By which column a list is sorted, remembered by this browser. */
export function useOrder<R extends Row>(kind: Kind<R>): OrderModel {
  const chosen = preferenceOf(kind);
  const text = usePreference(chosen);
  const order = useMemo(() => {
    const [id = "", direction] = text.split(" ");
    return { id, desc: direction === "down" };
  }, [text]);
  const orderBy = useCallback(
    (id: string) => {
      const usual = kind.columns.find((c) => c.id === id)?.numeric ?? false;
      chosen.set(`${id} ${(id === order.id ? !order.desc : usual) ? "down" : "up"}`);
    },
    [kind, chosen, order],
  );
  return { order, orderBy };
}
