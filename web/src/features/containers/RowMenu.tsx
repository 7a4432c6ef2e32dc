import { Menu } from "@base-ui/react/menu";
import Copy from "lucide-react/icons/copy";
import ExternalLink from "lucide-react/icons/external-link";
import ScrollText from "lucide-react/icons/scroll-text";
import SquareCheck from "lucide-react/icons/square-check";
import { memo } from "react";
import { useLocation } from "wouter";
import type { Container } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import { copyText } from "../../components/copyText";
import { containerPath } from "../../components/routes";
import { ActionMenuItems } from "../actions/ActionMenuItems";
import type { Selection } from "./selection";

interface RowMenuProps {
  /** The container whose menu is open, undefined for none (or when it is gone). */
  container: Container | undefined;
  selection: Selection;
  /** The element it hangs at, looked up anew because rows change their elements. */
  anchor: () => Element | null;
  /** Its row, which gets the focus back; false where it has moved on. */
  row: () => HTMLElement | null | false;
  onClose: () => void;
}

/** The menu of a row. There is one for the whole table; it belongs to a container's id. */
export const RowMenu = memo(function RowMenu({ container, selection, anchor, row, onClose }: RowMenuProps) {
  return (
    <Menu.Root open={container !== undefined} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="end" sideOffset={4} className="z-50">
          <Menu.Popup
            finalFocus={row}
            className="qw-popup min-w-52 py-1"
            aria-label={`Menu of ${container?.name ?? ""}`}
          >
            {container && <Items container={container} selection={selection} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
});

function Items({ container: c, selection }: { container: Container; selection: Selection }) {
  const [, navigate] = useLocation();
  const key = `${c.engine}/${c.id}`;
  const selected = selection.has(key);
  const copies: [string, string][] = [
    ["name", c.name],
    ["id", c.id],
    ["image", c.image],
  ];
  return (
    <>
      <Menu.Item className="qw-item" onClick={() => navigate(containerPath(key))}>
        <ExternalLink size={14} aria-hidden className="text-text-3" />
        Open
        <Key text="Enter" />
      </Menu.Item>
      <Menu.Item className="qw-item" onClick={() => navigate(containerPath(key, "logs"))}>
        <ScrollText size={14} aria-hidden className="text-text-3" />
        Logs
        <Key text="L" />
      </Menu.Item>
      <Menu.Item className="qw-item" onClick={() => selection.toggle(key)}>
        <SquareCheck size={14} aria-hidden className="text-text-3" />
        {selected ? "Take out of the selection" : "Select"}
        <Key text="X" />
      </Menu.Item>
      <Menu.Separator className="my-1 h-px bg-line" />
      <ActionMenuItems container={c} keys={{ start: "S", stop: "S", restart: "R", remove: "Del" }} />
      <Menu.Separator className="my-1 h-px bg-line" />
      {copies.map(([what, text]) => (
        <Menu.Item key={what} className="qw-item" onClick={() => copy(what, text)}>
          <Copy size={14} aria-hidden className="text-text-3" />
          Copy {what}
          <span className="ms-auto max-w-40 truncate ps-4 font-mono text-xs text-text-3">{text.slice(0, 24)}</span>
        </Menu.Item>
      ))}
    </>
  );
}

function Key({ text }: { text: string }) {
  return (
    <kbd aria-hidden className="ms-auto ps-4 font-mono text-xs text-text-3">
      {text}
    </kbd>
  );
}

async function copy(what: string, text: string): Promise<void> {
  const ok = await copyText(text);
  announce(ok ? `${what} copied` : "Could not copy: the browser refused the clipboard");
}
