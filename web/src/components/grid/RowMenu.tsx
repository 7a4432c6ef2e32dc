import { Menu } from "@base-ui/react/menu";
import type { ReactNode } from "react";
import type { RowMenuState } from "./useRowMenu";

interface RowMenuProps {
  /** What it is the menu of, for who can't see it. */
  name: string;
  /** Whether the row whose menu it is is still there. */
  open: boolean;
  menu: RowMenuState;
  children: ReactNode;
}

/** The menu of a row. There is one for the whole grid; it belongs to a key, not to an element. */
export function RowMenu({ name, open, menu, children }: RowMenuProps) {
  return (
    <Menu.Root open={open} onOpenChange={(next) => !next && menu.close()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner anchor={menu.anchor} side="bottom" align="end" sideOffset={4} className="z-50">
          <Menu.Popup finalFocus={menu.row} className="qw-popup min-w-52 py-1" aria-label={`Menu of ${name}`}>
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
