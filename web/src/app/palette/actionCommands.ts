import ScrollText from "lucide-react/icons/scroll-text";
import SquareTerminal from "lucide-react/icons/square-terminal";
import { createElement } from "react";
import type { Action, Container } from "../../api/types.gen";
import type { Command } from "../../components/commands";
import { containerPath } from "../../components/routes";
import { ActionIcon } from "../../features/actions/ActionIcon";
import { ACTIONS, WORDS } from "../../features/actions/model/words";
import type { ContainerEntry } from "../../store/state";

export interface Can {
  act(keys: readonly string[], action: Action): void;
  reasonNot(c: Container, action: Action): string | null;
  go(path: string): void;
}

/** A command and the word that one types for it. */
export interface Verb {
  readonly verb: string;
  readonly command: Command;
}

const ICONS = Object.fromEntries(
  ACTIONS.map((action) => [action, ({ size = 14 }: { size?: number }) => createElement(ActionIcon, { action, size })]),
) as unknown as Readonly<Record<Action, (props: { size?: number }) => React.JSX.Element>>;

/** What can be done to a container now. */
export function verbsOf({ key, container: c }: ContainerEntry, can: Can): readonly Verb[] {
  const logs: Command = {
    id: `logs ${key}`,
    title: `Logs of ${c.name}`,
    group: "Actions",
    keys: "l",
    icon: ScrollText,
    run: () => can.go(containerPath(key, "logs")),
  };
  const terminal: Command = {
    id: `terminal ${key}`,
    title: `Terminal in ${c.name}`,
    group: "Actions",
    words: "exec shell bash console",
    keys: "e",
    icon: SquareTerminal,
    run: () => can.go(containerPath(key, "terminal")),
  };
  const verbs: Verb[] = [
    { verb: "logs", command: logs },
    { verb: "terminal", command: terminal },
  ];
  for (const action of ACTIONS) {
    if (can.reasonNot(c, action) !== null) continue;
    const { verb } = WORDS[action];
    const command = {
      id: `${action} ${key}`,
      title: `${verb} ${c.name}`,
      group: "Actions",
      icon: ICONS[action],
      run: () => can.act([key], action),
    };
    verbs.push({ verb: verb.toLowerCase(), command });
  }
  return verbs;
}
