import { navigate } from "wouter/use-browser-location";
import type { Action, Container } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import { type KeyBinding, useKeys } from "../../components/keys";
import { containerPath } from "../../components/routes";
import { WORDS } from "../actions/model/words";
import { useActions } from "../actions/useActions";
import { usePending } from "../actions/usePending";

/** The table's single keys, on the container whose view this is. */
export function ContainerKeys({ container: c }: { container: Container }) {
  const key = `${c.engine}/${c.id}`;
  const { act, reasonNot } = useActions();
  const pending = usePending(key);
  const run = (...actions: readonly [Action, ...Action[]]) => {
    const action = actions.find((a) => reasonNot(c, a) === null);
    if (pending !== null) announce(`${WORDS[pending].doing} wait until it is done`);
    else if (action !== undefined) act([key], action);
    else announce(`${WORDS[actions[0]].verb}: ${reasonNot(c, actions[0])}`);
    return true;
  };
  const bind = (keys: string, what: string, fn: () => boolean): KeyBinding => ({
    keys,
    what,
    group: "This container",
    run: fn,
  });
  useKeys([
    bind("l", "Logs", () => {
      navigate(containerPath(key, "logs"));
      return true;
    }),
    bind("e", "Terminal", () => {
      navigate(containerPath(key, "terminal"));
      return true;
    }),
    bind("s", "Stop, or start", () => run("stop", "start")),
    bind("r", "Restart", () => run("restart")),
    bind("Delete", "Remove", () => run("remove")),
  ]);
  return null;
}
