import { useMemo, useSyncExternalStore } from "react";
import type { Action, ActionOptions, Container } from "../../api/types.gen";
import { useEngines, useLive, useServer } from "../../store/hooks";
import { deskOf } from "./desk";
import { reasonNot, type Surroundings } from "./model/availability";

export interface Actions {
  /**
   * Asks for an action: one container's goes straight to the engine, several
   * become a job of the server. Rename and remove ask the user first.
   */
  act(keys: readonly string[], action: Action, options?: ActionOptions): void;
  /** The same on all containers of a Compose project, or on those that one engine has of it. */
  actProject(project: string, action: Action, engine?: string): void;
  /** Why it can't be asked for now, in a sentence without its stop; null where it can. */
  reasonNot(c: Container, action: Action): string | null;
}

/** What may be done to containers. The same object until the link, an engine or the role changes. */
export function useActions(): Actions {
  const live = useLive();
  const { role, server } = useServer();
  const engines = useEngines();
  const phase = useSyncExternalStore(live.store.subscribe, () => live.store.view().connection.phase);
  const readOnly = server?.readOnly ?? false;
  // A text, so that an engine's new round trip makes no new actions.
  const down = engines
    .filter((e) => e.state !== "connected")
    .map((e) => `${e.id} ${e.name}`)
    .join("\n");
  return useMemo(() => {
    const desk = deskOf(live);
    const lines = down.split("\n").filter((line) => line !== "");
    const unreachable = new Map(lines.map((line) => splitAt(line, line.indexOf(" "))));
    const surroundings: Surroundings = { phase, role, readOnly, unreachable };
    return {
      act(keys, action, options = {}) {
        const [first] = keys;
        if (first === undefined) return;
        if (action === "remove") desk.ask({ kind: "remove", keys, project: null });
        else if (action === "rename" && options.name === undefined) desk.ask({ kind: "rename", key: first });
        else if (keys.length === 1) desk.one(first, action, options);
        else desk.bulk(keys, action, options);
      },
      actProject(project, action, engine = "") {
        if (action === "remove") {
          const members = live.store
            .view()
            .containers.entries.filter((e) => e.container.project === project && of(engine, e.container.engine));
          desk.ask({ kind: "remove", keys: members.map((e) => e.key), project });
        } else {
          desk.project(project, action, {}, engine);
        }
      },
      reasonNot: (c, action) => reasonNot(c, action, surroundings),
    };
  }, [live, phase, role, readOnly, down]);
}

function of(wanted: string, engine: string): boolean {
  return wanted === "" || wanted === engine;
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
