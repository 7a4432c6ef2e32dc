import { useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";
import { RemoveDialog } from "./RemoveDialog";
import { RenameDialog } from "./RenameDialog";

/** What is asked before something is renamed or destroyed. Stands in the page once. */
export function ActionDialogs() {
  const desk = deskOf(useLive());
  const question = useSyncExternalStore(desk.subscribe, desk.question);
  const onClose = () => desk.ask(null);
  return (
    <>
      <RenameDialog container={question?.kind === "rename" ? question.key : null} onClose={onClose} />
      <RemoveDialog question={question?.kind === "remove" ? question : null} onClose={onClose} />
    </>
  );
}
