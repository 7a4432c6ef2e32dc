import { Menu } from "@base-ui/react/menu";
import type { ReactNode } from "react";

interface RowMenuProps {
  name: string;
  open: boolean;
  /** The element it hangs at, looked up anew because rows change their elements. */
  anchor: () => Element | null;
  /** Its row, which gets the focus back. */
  row: () => HTMLElement | null;
  onClose: () => void;
  children: ReactNode;
}

/** The menu of a row. There is one for the whole list. */
export function RowMenu({ name, open, anchor, row, onClose, children }: RowMenuProps) {
  return (
    <Menu.Root open={open} onOpenChange={(next) => !next && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="end" sideOffset={4} className="z-50">
          <Menu.Popup finalFocus={row} className="qw-popup min-w-52 py-1" aria-label={`Menu of ${name}`}>
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
