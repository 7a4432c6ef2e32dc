import { useEffect, useState, useSyncExternalStore } from "react";
import { DetailReader, type Details } from "../../../api/reader";
import { contexts, engineInfo } from "../../../api/resources";
import type { Context, EngineInfo } from "../../../api/types.gen";
import { useEngines, useLive } from "../../../store/hooks";

interface List<T> {
  readonly items: readonly T[];
}

/** What the engines say of themselves, read anew whenever one comes back. */
export function useSystem(): { info: Details<List<EngineInfo>>; contexts: Details<List<Context>> } {
  const { client } = useLive();
  const [info] = useState(() => new DetailReader<List<EngineInfo>>(() => engineInfo(client)));
  const [known] = useState(() => new DetailReader<List<Context>>(() => contexts(client)));
  const states = useEngines()
    .map((e) => `${e.id} ${e.state}`)
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state is why it is read again
  useEffect(() => {
    void info.refresh();
    void known.refresh();
  }, [info, known, states]);
  return {
    info: useSyncExternalStore(info.subscribe, info.state),
    contexts: useSyncExternalStore(known.subscribe, known.state),
  };
}
