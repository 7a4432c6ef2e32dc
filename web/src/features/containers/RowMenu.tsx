import { Menu } from "@base-ui/react/menu";
import Copy from "lucide-react/icons/copy";
import type { Container } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import { copyText } from "../../components/copyText";

interface RowMenuProps {
  /** The container whose menu is open, undefined for none (or when it is gone). */
  container: Container | undefined;
  /** The element it hangs at, looked up anew because rows change their elements. */
  anchor: () => Element | null;
  /** Its row, which gets the focus back. */
  row: () => HTMLElement | null;
  onClose: () => void;
}

/** The menu of a row. There is one for the whole table; it belongs to a container's id. */
export function RowMenu({ container, anchor, row, onClose }: RowMenuProps) {
  const copy = async (what: string, text: string) => {
    const ok = await copyText(text);
    announce(ok ? `${what} copied` : "Could not copy: the browser refused the clipboard");
  };
  const items: [string, string][] = container
    ? [
        ["name", container.name],
        ["id", container.id],
        ["short id", container.id.slice(0, 12)],
        ["image", container.image],
      ]
    : [];
  return (
    <Menu.Root open={container !== undefined} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="end" sideOffset={4} className="z-50">
          <Menu.Popup
            finalFocus={row}
            className="qw-popup min-w-52 py-1"
            aria-label={`Menu of ${container?.name ?? ""}`}
          >
            {items.map(([what, text]) => (
              <Menu.Item key={what} className="qw-item" onClick={() => copy(what, text)}>
                <Copy size={14} aria-hidden className="text-text-3" />
                Copy {what}
                <span className="ms-auto max-w-40 truncate ps-4 font-mono text-xs text-text-3">
                  {text.slice(0, 24)}
                </span>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
