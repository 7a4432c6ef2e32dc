import { useEffect, useState, useSyncExternalStore } from "react";
import type { ApiClient } from "../../../api/client";
import { DetailReader, type Details } from "../../../api/reader";
import { useLive } from "../../../store/hooks";

/** What the stream does not carry of a thing, read when it is first shown and whenever it changes. */
export function useDetails<T, D>(item: T, get: (c: ApiClient, item: T) => Promise<D>): Details<D> {
  const { client } = useLive();
  const [holder] = useState(() => ({ item }));
  const [reader] = useState(() => new DetailReader(() => get(client, holder.item)));
  useEffect(() => {
    holder.item = item;
    void reader.refresh();
  }, [holder, item, reader]);
  return useSyncExternalStore(reader.subscribe, reader.state);
}
