import { useLocation } from "wouter";
import type { Action } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import type { Selection } from "../../components/grid/selection";
import type { Roving } from "../../components/grid/useRoving";
import { type KeyBinding, useKeys } from "../../components/keys";
import { containerPath, logsPath } from "../../components/routes";
import type { ContainerTable } from "../../store/containerTable";
import { WORDS } from "../actions/model/words";
import { useActions } from "../actions/useActions";
import { bulkChoices } from "./model/bulk";
import { isGroup, type Line } from "./model/groups";

interface TableKeysOptions {
  roving: Roving;
  lines: readonly Line[];
  containers: ContainerTable;
  selection: Selection;
  select: (line: Line) => void;
}

const GROUP = "Table";

/** The table's single keys: on the row in focus, or on all that is selected if it is one of them. */
export function useTableKeys({ roving, lines, containers, selection, select }: TableKeysOptions): void {
  const { act, reasonNot } = useActions();
  const [, navigate] = useLocation();

  /** What a key acts on; nothing while neither a row has the focus nor anything is selected. */
  const targets = (): string[] => {
    const line = roving.focused ? lines[roving.activeIndex] : undefined;
    if (!line || (!isGroup(line) && selection.has(line.key))) return [...selection.get()];
    return isGroup(line) ? line.members.map((m) => m.key) : [line.key];
  };

  const run = (...actions: Action[]) => {
    const of = targets().flatMap((key) => containers.get(key)?.container ?? []);
    if (of.length === 0) return false;
    const choices = bulkChoices(of, actions, reasonNot);
    const choice = choices.find((c) => c.reason === null);
    if (choice) act(choice.keys, choice.action);
    else announce(`${WORDS[actions[0] ?? "stop"].verb}: ${choices[0]?.reason}`);
    return true;
  };

  const logs = () => {
    const [first, ...rest] = targets();
    if (first === undefined) return false;
    navigate(rest.length === 0 ? containerPath(first, "logs") : logsPath({ containers: [first, ...rest] }));
    return true;
  };

  const terminal = () => {
    const [only, another] = targets();
    if (only === undefined || another !== undefined) return false;
    navigate(containerPath(only, "terminal"));
    return true;
  };

  const bind = (keys: string, what: string, fn: () => boolean): KeyBinding => ({ keys, what, group: GROUP, run: fn });
  useKeys([
    bind("j", "Next row", () => {
      roving.step(1);
      return true;
    }),
    bind("k", "Row before", () => {
      roving.step(-1);
      return true;
    }),
    bind("x", "Select", () => {
      const line = roving.focused ? lines[roving.activeIndex] : undefined;
      if (line) select(line);
      return line !== undefined;
    }),
    bind("l", "Logs", logs),
    bind("e", "Terminal", terminal),
    bind("s", "Stop, or start", () => run("stop", "start")),
    bind("r", "Restart", () => run("restart")),
    bind("Delete", "Remove", () => run("remove")),
    bind("Escape", "Clear the selection", () => {
      if (selection.size() === 0) return false;
      selection.clear();
      return true;
    }),
  ]);
}
