import type { ContainerEntry } from "../../store/state";
import { at } from "./model/document";
import { PastOf } from "./PastOf";
import { useInspection } from "./useInspection";

/** What happened to a container, newest first, and why: as far back as the history reaches. */
export function EventsTab({ entry }: { entry: ContainerEntry }) {
  const { doc } = useInspection(entry.key);
  const { engine, id, restartPolicy } = entry.container;
  const removes = at(doc, "HostConfig", "AutoRemove");
  const autoRemove = typeof removes === "boolean" ? removes : null;
  return <PastOf engine={engine} id={id} restartPolicy={restartPolicy} autoRemove={autoRemove} />;
}
