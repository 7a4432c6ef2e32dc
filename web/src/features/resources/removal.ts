/** What is asked of the engine to remove things, in its order. */
import type { ApiClient } from "../../api/client";
import { removeImage, removeNetwork, removeVolume } from "../../api/resources";
import type { Network, Volume } from "../../api/types.gen";
import type { Deed } from "./model/deeds";
import type { ImageRow } from "./model/imageRow";

function deed(key: string, name: string, run: () => Promise<unknown>): Deed {
  return { key, name, what: `remove ${name}`, doing: "Removing…", done: `${name} removed`, run };
}

/**
 * An image goes with its last tag, so its tags go one by one. Forcing it by its
 * id instead would take it from stopped containers too, which is only done for
 * who asked for that.
 */
export function imageRemoval(client: ApiClient, row: ImageRow, force: boolean): Deed {
  const { image } = row;
  return deed(row.key, row.name, async () => {
    if (force || image.tags.length === 0) return void (await removeImage(client, row.key, force));
    for (const tag of image.tags) await removeImage(client, tag, false);
  });
}

export function tagRemoval(client: ApiClient, row: ImageRow, tag: string): Deed {
  return deed(row.key, tag, () => removeImage(client, tag, false).then(() => undefined));
}

export function volumeRemoval(client: ApiClient, v: Volume): Deed {
  return deed(`${v.engine}/${v.name}`, v.name, () => removeVolume(client, v, false).then(() => undefined));
}

export function networkRemoval(client: ApiClient, n: Network): Deed {
  return deed(`${n.engine}/${n.id}`, n.name, () => removeNetwork(client, n).then(() => undefined));
}
