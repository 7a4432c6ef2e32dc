import { Menu } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import ChevronRight from "lucide-react/icons/chevron-right";
import { memo } from "react";
import { useChoices } from "../../components/choices";
import { columnStore } from "./columnStore";
import { CHOSEN, COLUMNS, type Layout, OFF_AT_FIRST } from "./columns";
import type { ColumnId } from "./model/order";
import { resize, tellMove } from "./useHeadKeys";
import type { SortModel } from "./useSortModel";
import { columnChoices } from "./viewPreferences";

interface HeadMenuProps {
  /** The column whose menu is open; null for none. */
  column: ColumnId | null;
  layout: Layout;
  model: SortModel;
  head: () => HTMLElement | null;
  onClose: () => void;
}

const WIDER_PX = 32;

/** What can be done to a column: all that the pointer can, in words. */
export const HeadMenu = memo(function HeadMenu({ column: id, layout, model, head, onClose }: HeadMenuProps) {
  const shown = layout.columns.map((c) => c.id);
  const at = id === null ? -1 : shown.indexOf(id);
  const anchor = () => head()?.querySelector(`[data-col="${id}"]`) ?? null;
  const sort = (desc: boolean) => id !== null && model.sortBy(id, desc);
  const button = () => head()?.querySelector<HTMLElement>(`[data-col="${id}"] .qw-sort`) ?? null;
  return (
    <Menu.Root open={id !== null} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="start" sideOffset={2} className="z-50">
          <Menu.Popup finalFocus={button} className="qw-popup min-w-52 py-1" aria-label="Column">
            {id !== null && (
              <>
                <Item onClick={() => sort(false)}>Sort ascending</Item>
                <Item onClick={() => sort(true)}>Sort descending</Item>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Item keys="Alt ←" disabled={at < 2} onClick={() => tellMove(id, -1, shown)}>
                  Move left
                </Item>
                <Item keys="Alt →" disabled={at < 1 || at === shown.length - 1} onClick={() => tellMove(id, 1, shown)}>
                  Move right
                </Item>
                <Item keys="⇧ →" onClick={() => resize(head(), id, WIDER_PX)}>
                  Wider
                </Item>
                <Item keys="⇧ ←" onClick={() => resize(head(), id, -WIDER_PX)}>
                  Narrower
                </Item>
                <Item onClick={() => columnStore.setWidth(id, undefined)}>Width by itself</Item>
                <Menu.Separator className="my-1 h-px bg-line" />
                {(CHOSEN as readonly string[]).includes(id) && (
                  <Item onClick={() => columnChoices.set(id, false)}>Hide this column</Item>
                )}
                <Choose />
                <Item onClick={reset}>Reset all columns</Item>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});

function reset(): void {
  columnStore.reset();
  for (const id of columnChoices.all) columnChoices.set(id, !OFF_AT_FIRST.includes(id));
}

interface ItemProps {
  children: string;
  keys?: string;
  disabled?: boolean;
  onClick: () => void;
}

function Item({ children, keys, disabled = false, onClick }: ItemProps) {
  return (
    <Menu.Item className="qw-item data-disabled:text-text-3" disabled={disabled} onClick={onClick}>
      {children}
      {keys !== undefined && (
        <kbd aria-hidden className="ms-auto ps-4 font-mono text-xs text-text-3">
          {keys}
        </kbd>
      )}
    </Menu.Item>
  );
}

function Choose() {
  const wanted = useChoices(columnChoices);
  return (
    <Menu.SubmenuRoot>
      <Menu.SubmenuTrigger className="qw-item">
        Choose columns
        <ChevronRight size={14} aria-hidden className="ms-auto text-text-3" />
      </Menu.SubmenuTrigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} className="z-50">
          <Menu.Popup className="qw-popup min-w-44 py-1" aria-label="Columns">
            {COLUMNS.filter((c) => c.rank > 0).map((c) => (
              <Menu.CheckboxItem
                key={c.id}
                className="qw-item"
                closeOnClick={false}
                checked={wanted.has(c.id)}
                onCheckedChange={(on) => columnChoices.set(c.id, on)}
              >
                <span className="inline-flex w-4">
                  <Menu.CheckboxItemIndicator>
                    <Check size={14} aria-hidden />
                  </Menu.CheckboxItemIndicator>
                </span>
                {c.label}
              </Menu.CheckboxItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.SubmenuRoot>
  );
}
