import { Menu } from "@base-ui/react/menu";
import Ellipsis from "lucide-react/icons/ellipsis";
import { Button } from "../../components/Button";

export interface MoreItem {
  readonly label: string;
  /** Why it can't be chosen, null where it can. */
  readonly reason: string | null;
  readonly bad?: boolean;
  run(): void;
}

/** What else can be done with something. */
export function MoreMenu({ name, items }: { name: string; items: readonly MoreItem[] }) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<Button tone="quiet" className="px-1" aria-label={`Menu of ${name}`} />}>
        <Ellipsis size={16} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="qw-popup min-w-44 py-1" aria-label={`Menu of ${name}`}>
            {items.map((item) => (
              <Menu.Item
                key={item.label}
                disabled={item.reason !== null}
                title={item.reason ?? undefined}
                className={`qw-item min-h-8 data-disabled:opacity-50 ${item.bad ? "text-bad" : ""}`}
                onClick={() => item.run()}
              >
                {item.label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
