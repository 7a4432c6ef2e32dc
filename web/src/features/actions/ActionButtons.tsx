import { Menu } from "@base-ui/react/menu";
import Ellipsis from "lucide-react/icons/ellipsis";
import LoaderCircle from "lucide-react/icons/loader-circle";
import type { Action, Container } from "../../api/types.gen";
import { Button } from "../../components/Button";
import { ActionButton } from "./ActionButton";
import { ActionMenuItems } from "./ActionMenuItems";
import { WORDS } from "./model/words";
import { useActions } from "./useActions";
import { usePending } from "./usePending";

/** The actions of one container, for its own view: what makes sense now as buttons, the rest in a menu. */
export function ActionButtons({ container: c }: { container: Container }) {
  const key = `${c.engine}/${c.id}`;
  const { act, reasonNot } = useActions();
  const pending = usePending(key);
  const first: Action = c.state === "paused" ? "unpause" : atRest(c) ? "start" : "stop";
  const buttons: readonly Action[] = [first, "restart"];
  return (
    <fieldset className="flex shrink-0 items-center gap-2" aria-label={`Actions on ${c.name}`}>
      {pending !== null && (
        <span className="flex items-center gap-1 text-sm text-transitional" role="status">
          <LoaderCircle size={14} aria-hidden className="qw-spin" />
          {WORDS[pending].doing}
        </span>
      )}
      {buttons.map((action) => (
        <ActionButton
          key={action}
          action={action}
          reason={pending === null ? reasonNot(c, action) : `${WORDS[pending].doing} wait until it is done`}
          onPress={() => act([key], action)}
        />
      ))}
      <Menu.Root modal={false}>
        <Menu.Trigger render={<Button className="px-1.5" aria-label="More actions" title="More actions" />}>
          <Ellipsis size={16} aria-hidden />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner side="bottom" align="end" sideOffset={4} className="z-50">
            <Menu.Popup className="qw-popup min-w-48 py-1">
              <ActionMenuItems container={c} without={buttons} />
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </fieldset>
  );
}

function atRest(c: Container): boolean {
  return c.state === "exited" || c.state === "created" || c.state === "dead";
}
