import type { ComponentType } from "react";
import { useSyncExternalStore } from "react";
import { CloseDialog } from "./CloseDialog";
import type { CloseQuestion } from "./closeQuestion";
import { ServerFailed } from "./ServerFailed";
import { ServerNews } from "./ServerNews";
import type { ServerLink } from "./serverLink";

/** What the window itself has to tell or ask. */
export function createNews(server: ServerLink, closing: CloseQuestion): ComponentType {
  return function News() {
    const status = useSyncExternalStore(server.subscribe, server.get);
    const asked = useSyncExternalStore(closing.subscribe, closing.get);
    return (
      <>
        {status.state === "failed" ? <ServerFailed status={status} /> : <ServerNews status={status} />}
        {asked && <CloseDialog onDone={closing.done} />}
      </>
    );
  };
}
