import { useLocation } from "wouter";
import type { Action } from "../../api/types.gen";
import { type Command, useCommands } from "../../components/commands";
import { containerPath } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { ActionIcon } from "./ActionIcon";
import { ACTIONS, WORDS } from "./model/words";
import { useActions } from "./useActions";

/** So many containers can be opened from the palette, and so many acted on: beyond that there is the filter. */
const MOST_OPENED = 2_000;
const MOST_ACTED_ON = 200;

/** Offers the palette each container: to open it, its logs, and what can be done to it now. */
export function useContainerCommands(): void {
  const { store } = useLive();
  const { act, reasonNot } = useActions();
  const [, navigate] = useLocation();
  useCommands(() => {
    const { entries } = store.view().containers;
    const list: Command[] = [];
    for (const [i, { key, container: c }] of entries.entries()) {
      if (i >= MOST_OPENED) break;
      const words = `${c.project} ${c.service} ${c.image} ${c.state} ${c.id.slice(0, 12)}`;
      list.push({
        id: `open ${key}`,
        title: c.name,
        group: "Containers",
        words,
        run: () => navigate(containerPath(key)),
      });
      if (i >= MOST_ACTED_ON) continue;
      const logs = () => navigate(containerPath(key, "logs"));
      list.push({ id: `logs ${key}`, title: `Logs of ${c.name}`, group: "Actions", words: c.project, run: logs });
      for (const action of ACTIONS) {
        if (reasonNot(c, action) !== null) continue;
        list.push({
          id: `${action} ${key}`,
          title: `${WORDS[action].verb} ${c.name}`,
          group: "Actions",
          words: c.project,
          icon: ICONS[action],
          run: () => act([key], action),
        });
      }
    }
    return list;
  });
}

const ICONS = Object.fromEntries(
  ACTIONS.map((action) => [action, ({ size = 14 }: { size?: number }) => <ActionIcon action={action} size={size} />]),
) as unknown as Readonly<Record<Action, (props: { size?: number }) => React.JSX.Element>>;
