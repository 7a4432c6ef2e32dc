import { Menu } from "@base-ui/react/menu";
import Copy from "lucide-react/icons/copy";
import ExternalLink from "lucide-react/icons/external-link";
import ScrollText from "lucide-react/icons/scroll-text";
import SquareCheck from "lucide-react/icons/square-check";
import SquareTerminal from "lucide-react/icons/square-terminal";
import { memo } from "react";
import { useLocation } from "wouter";
import type { Container } from "../../api/types.gen";
import { announce } from "../../components/Announcer";
import { copyText } from "../../components/copyText";
import { RowMenu } from "../../components/grid/RowMenu";
import type { Selection } from "../../components/grid/selection";
import type { RowMenuState } from "../../components/grid/useRowMenu";
import { containerPath } from "../../components/routes";
import { ActionMenuItems } from "../actions/ActionMenuItems";

interface ContainerMenuProps {
  /** The container whose menu is open, undefined for none (or when it is gone). */
  container: Container | undefined;
  selection: Selection;
  menu: RowMenuState;
}

/** The menu of a container's row. */
export const ContainerMenu = memo(function ContainerMenu({ container, selection, menu }: ContainerMenuProps) {
  return (
    <RowMenu name={container?.name ?? ""} open={container !== undefined} menu={menu}>
      {container && <Items container={container} selection={selection} />}
    </RowMenu>
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
      <Menu.Item className="qw-item" onClick={() => navigate(containerPath(key, "terminal"))}>
        <SquareTerminal size={14} aria-hidden className="text-text-3" />
        Terminal
        <Key text="E" />
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
