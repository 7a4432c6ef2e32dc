import { Menu } from "@base-ui/react/menu";
import type { ReactNode } from "react";

interface MenuActionProps {
  icon: ReactNode;
  label: string;
  /** Why it can't be chosen, null where it can. */
  reason?: string | null;
  bad?: boolean;
  /** The key that does the same. */
  keys?: string;
  onChoose: () => void;
}

/** An entry of a row's menu. What can't be done stays in it, and says why. */
export function MenuAction({ icon, label, reason = null, bad, keys, onChoose }: MenuActionProps) {
  return (
    <Menu.Item
      className="qw-item data-disabled:opacity-50"
      disabled={reason !== null}
      title={reason ?? undefined}
      onClick={onChoose}
    >
      <span className={`inline-flex ${bad ? "text-bad" : "text-text-3"}`}>{icon}</span>
      <span className={bad ? "text-bad" : ""}>{label}</span>
      {keys !== undefined && (
        <kbd aria-hidden className="ms-auto ps-4 font-mono text-xs text-text-3">
          {keys}
        </kbd>
      )}
    </Menu.Item>
  );
}
