import { Menu } from "@base-ui/react/menu";
import type { Action, Container } from "../../api/types.gen";
import { ActionIcon } from "./ActionIcon";
import { ACTIONS, WORDS } from "./model/words";
import { useActions } from "./useActions";

interface ActionMenuItemsProps {
  container: Container;
  /** Actions that stand elsewhere. */
  without?: readonly Action[];
  /** The keys that do the same, as they are shown. */
  keys?: Partial<Readonly<Record<Action, string>>>;
}

/** The actions as items of a menu; what makes no sense now is left out, what is forbidden says why. */
export function ActionMenuItems({ container: c, without = [], keys = {} }: ActionMenuItemsProps) {
  const { act, reasonNot } = useActions();
  const offered = ACTIONS.filter((a) => !without.includes(a) && !hidden(c, a)).map((action) => ({
    action,
    reason: reasonNot(c, action),
  }));
  const items = offered.map(({ action, reason }) => (
    <Menu.Item
      key={action}
      className={`qw-item ${action === "remove" ? "text-bad" : ""} data-disabled:text-text-3`}
      disabled={reason !== null}
      title={reason ?? undefined}
      aria-description={reason ?? undefined}
      data-action={action}
      onClick={() => act([`${c.engine}/${c.id}`], action)}
    >
      <ActionIcon action={action} />
      {WORDS[action].verb}
      {action === "rename" || action === "remove" ? "…" : ""}
      {keys[action] !== undefined && (
        <kbd aria-hidden className="ms-auto ps-4 font-mono text-xs text-text-3">
          {keys[action]}
        </kbd>
      )}
    </Menu.Item>
  ));
  const why = offered[0]?.reason ?? null;
  if (why === null || offered.some((o) => o.reason !== why)) return items;
  return (
    <Menu.Group>
      {/* One reason for all of them is said in sight: not everybody has a pointer to ask each with. */}
      <Menu.GroupLabel className="w-0 min-w-full px-3 py-1 text-sm text-text-2" data-why>
        {why}.
      </Menu.GroupLabel>
      {items}
    </Menu.Group>
  );
}

/** Of start and stop, and of pause and unpause, the one that can't be meant. */
function hidden(c: Container, action: Action): boolean {
  const alive = c.state === "running" || c.state === "paused" || c.state === "restarting";
  if (action === "start") return alive;
  if (action === "stop" || action === "kill") return !alive;
  if (action === "pause") return c.state !== "running";
  return action === "unpause" && c.state !== "paused";
}
