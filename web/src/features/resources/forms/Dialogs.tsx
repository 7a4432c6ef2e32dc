import { useEffect, useSyncExternalStore } from "react";
import { DialogFrame } from "../../../components/DialogFrame";
import { useLive } from "../../../store/hooks";
import { deskOf, type Question } from "../desk";
import { ConnectForm } from "./ConnectForm";
import { NetworkForm } from "./NetworkForm";
import { PruneForm } from "./PruneForm";
import { PullForm } from "./PullForm";
import { PushForm } from "./PushForm";
import { RemoveForm } from "./RemoveForm";
import { TagForm } from "./TagForm";
import { VolumeForm } from "./VolumeForm";

/** What is asked before something is made, changed or removed. Stands once in a page. */
export function Dialogs() {
  const desk = deskOf(useLive());
  const question = useSyncExternalStore(desk.subscribe, desk.question);
  const onClose = () => desk.ask(null);
  // What was asked on a page does not wait there until one comes back.
  useEffect(() => () => desk.ask(null), [desk]);
  return (
    <DialogFrame open={question !== null} onClose={onClose}>
      {question !== null && <Form question={question} onClose={onClose} />}
    </DialogFrame>
  );
}

function Form({ question: q, onClose }: { question: Question; onClose: () => void }) {
  switch (q.kind) {
    case "pull":
      return <PullForm asked={q} onClose={onClose} />;
    case "push":
      return <PushForm asked={q} onClose={onClose} />;
    case "tag":
      return <TagForm image={q.image} onClose={onClose} />;
    case "remove":
      return <RemoveForm of={q.of} keys={q.keys} onClose={onClose} />;
    case "createVolume":
      return <VolumeForm onClose={onClose} />;
    case "createNetwork":
      return <NetworkForm onClose={onClose} />;
    case "connect":
      return <ConnectForm network={q.network} onClose={onClose} />;
    case "prune":
      return <PruneForm of={q.of} onClose={onClose} />;
  }
}
