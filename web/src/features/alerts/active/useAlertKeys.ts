import type { Alert } from "../../../api/types.gen";
import type { Selection } from "../../../components/grid/selection";
import type { Roving } from "../../../components/grid/useRoving";
import { type KeyBinding, useKeys } from "../../../components/keys";
import type { AlertDesk } from "../desk";
import type { AlertLine } from "../model/active";

interface AlertKeysOptions {
  roving: Roving;
  lines: readonly AlertLine[];
  selection: Selection;
  desk: AlertDesk;
  /** Whether alerts may be acknowledged and snoozed now. */
  may: boolean;
  openMenu: (key: string) => void;
}

/** The list's single keys: on the alert in focus, or on all that are selected if it is one of them. */
export function useAlertKeys({ roving, lines, selection, desk, may, openMenu }: AlertKeysOptions): void {
  const line = () => (roving.focused ? lines[roving.activeIndex] : undefined);
  const meant = (): readonly Alert[] => {
    const at = line();
    const keys = at && !selection.has(at.key) ? new Set([at.key]) : selection.get();
    return lines.filter((l) => keys.has(l.key)).map((l) => l.alert);
  };
  const bind = (keys: string, what: string, run: () => boolean): KeyBinding => ({ keys, what, group: "Alerts", run });
  useKeys([
    bind("j", "Next alert", () => {
      roving.step(1);
      return true;
    }),
    bind("k", "Alert before", () => {
      roving.step(-1);
      return true;
    }),
    bind("x", "Select", () => {
      const at = line();
      if (at) selection.toggle(at.key);
      return at !== undefined;
    }),
    bind("a", "Acknowledge, or take that back", () => {
      const alerts = meant();
      if (alerts.length === 0 || !may) return false;
      const open = alerts.filter((a) => a.acknowledged === null && a.state === "firing");
      if (open.length > 0) desk.ask({ kind: "acknowledge", alerts: open });
      else void desk.unacknowledge(alerts.filter((a) => a.acknowledged !== null));
      return true;
    }),
    bind("z", "Snooze, or wake", () => {
      const alerts = meant();
      const at = line();
      if (alerts.length === 0 || !may) return false;
      if (alerts.every((a) => a.snoozed !== null)) void desk.unsnooze(alerts);
      else if (alerts.length === 1 && at) openMenu(at.key);
      else desk.ask({ kind: "snooze", alerts });
      return true;
    }),
    bind("Escape", "Clear the selection", () => {
      if (selection.size() === 0) return false;
      selection.clear();
      return true;
    }),
  ]);
}
