import { Menu } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import ChevronRight from "lucide-react/icons/chevron-right";
import { useChoices } from "../components/choices";
import { COLUMNS } from "../features/containers/columns";
import { columnChoices } from "../features/containers/viewPreferences";

/** Which columns are wanted; how many of them are shown depends on the width. */
export function ColumnMenu() {
  const wanted = useChoices(columnChoices);
  return (
    <Menu.SubmenuRoot>
      <Menu.SubmenuTrigger className="qw-item">
        <span className="inline-flex w-4" />
        Choose
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
