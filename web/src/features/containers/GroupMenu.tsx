import { Menu } from "@base-ui/react/menu";
import ScrollText from "lucide-react/icons/scroll-text";
import SquareCheck from "lucide-react/icons/square-check";
import { memo } from "react";
import { useLocation } from "wouter";
import { RowMenu } from "../../components/grid/RowMenu";
import type { Selection } from "../../components/grid/selection";
import type { RowMenuState } from "../../components/grid/useRowMenu";
import { logsPath } from "../../components/routes";
import { ActionIcon } from "../actions/ActionIcon";
import { BULK_ACTIONS, WORDS } from "../actions/model/words";
import { useActions } from "../actions/useActions";
import { bulkChoices } from "./model/bulk";
import type { GroupLine } from "./model/groups";

interface GroupMenuProps {
  /** The project whose menu is open; undefined for none. */
  group: GroupLine | undefined;
  selection: Selection;
  menu: RowMenuState;
}

/** The menu of a Compose project: what is done to all of its containers. */
export const GroupMenu = memo(function GroupMenu({ group, selection, menu }: GroupMenuProps) {
  return (
    <RowMenu name={group?.project || "containers without a project"} open={group !== undefined} menu={menu}>
      {group && <Items group={group} selection={selection} />}
    </RowMenu>
  );
});

function Items({ group, selection }: { group: GroupLine; selection: Selection }) {
  const [, navigate] = useLocation();
  const { act, actProject, reasonNot } = useActions();
  const choices = bulkChoices(
    group.members.map((m) => m.container),
    BULK_ACTIONS,
    reasonNot,
  );
  return (
    <>
      {group.project !== "" && (
        <Menu.Item className="qw-item" onClick={() => navigate(logsPath({ project: group.project }))}>
          <ScrollText size={14} aria-hidden className="text-text-3" />
          Logs of the project
        </Menu.Item>
      )}
      <Menu.Item
        className="qw-item"
        onClick={() =>
          selection.set(
            group.members.map((m) => m.key),
            true,
          )
        }
      >
        <SquareCheck size={14} aria-hidden className="text-text-3" />
        Select all {group.members.length}
      </Menu.Item>
      <Menu.Separator className="my-1 h-px bg-line" />
      {choices.map(({ action, keys, reason }) => (
        <Menu.Item
          key={action}
          className={`qw-item ${action === "remove" ? "text-bad" : ""} data-disabled:text-text-3`}
          disabled={reason !== null}
          title={reason ?? undefined}
          aria-description={reason ?? undefined}
          data-action={action}
          onClick={() => {
            // The whole project is one word for the server; a part of it, or none, is its containers.
            if (group.project !== "" && group.whole) actProject(group.project, action);
            else act(keys, action);
          }}
        >
          <ActionIcon action={action} />
          {WORDS[action].verb} {group.project === "" ? "all" : "project"}
          {action === "remove" ? "…" : ""}
        </Menu.Item>
      ))}
    </>
  );
}
