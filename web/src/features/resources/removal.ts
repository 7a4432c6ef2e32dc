/**
 * How things are removed: one is asked of the engine there and then; of several
 * the server makes a job, which goes on when the page is left.
 */
import type { ApiClient } from "../../api/client";
import { removeImage, removeNetwork, removeVolume } from "../../api/resources";
import type { JobThing, Network, Volume } from "../../api/types.gen";
import type { Live } from "../../store/live";
import { deskOf as actionDeskOf } from "../actions/desk";
import { deskOf, type Thing } from "./desk";
import type { Deed } from "./model/deeds";
import type { ImageRow } from "./model/imageRow";

function deed(key: string, name: string, run: () => Promise<unknown>): Deed {
  return { key, name, what: `remove ${name}`, doing: "Removing…", done: `${name} removed`, run };
}

export function tagRemoval(client: ApiClient, row: ImageRow, tag: string): Deed {
  return deed(row.key, tag, () => removeImage(client, tag, false).then(() => undefined));
}

/** An image with several tags is several removals, and so a job as well. */
export function removeImages(live: Live, rows: readonly ImageRow[], force: boolean): void {
  const [only] = rows;
  if (only === undefined) return;
  if (rows.length > 1 || only.image.tags.length > 1) {
    several(live, "images", rows, force);
    return;
  }
  const reference = force ? only.key : (only.image.tags[0] ?? only.key);
  void deskOf(live).one(
    deed(only.key, only.name, () => removeImage(live.client, reference, force).then(() => undefined)),
  );
}

export function removeVolumes(live: Live, volumes: readonly Volume[]): void {
  const keys = volumes.map((v) => ({ key: `${v.engine}/${v.name}` }));
  const [only] = volumes;
  if (only === undefined || volumes.length > 1) several(live, "volumes", keys, false);
  else
    void deskOf(live).one(
      deed(`${only.engine}/${only.name}`, only.name, () =>
        removeVolume(live.client, only, false).then(() => undefined),
      ),
    );
}

export function removeNetworks(live: Live, networks: readonly Network[]): void {
  const keys = networks.map((n) => ({ key: `${n.engine}/${n.id}` }));
  const [only] = networks;
  if (only === undefined || networks.length > 1) several(live, "networks", keys, false);
  else
    void deskOf(live).one(
      deed(`${only.engine}/${only.id}`, only.name, () => removeNetwork(live.client, only).then(() => undefined)),
    );
}

function several(live: Live, kind: Thing, rows: readonly { readonly key: string }[], force: boolean): void {
  if (rows.length === 0) return;
  const things: JobThing[] = rows.map((r) => ({ kind, id: r.key }));
  const what = rows.length === 1 ? kind.slice(0, -1) : `${rows.length} ${kind}`;
  actionDeskOf(live).remove(things, force ? { force } : {}, what);
}
