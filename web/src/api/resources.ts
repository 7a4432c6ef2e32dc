/** The REST API of images, volumes, networks and of the system. */
import type { ApiClient } from "./client";
import type {
  Context,
  DiskUsage,
  EngineInfo,
  Image,
  ImageDetail,
  Network,
  NetworkConnect,
  NetworkCreate,
  NetworkDetail,
  PruneOptions,
  PrunePlan,
  ResourceResult,
  SearchResult,
  Volume,
  VolumeCreate,
  VolumeDetail,
} from "./types.gen";

const V1 = "/api/v1";

function imagePath(reference: string): string {
  return `${V1}/images/${encodeURIComponent(reference)}`;
}

function volumePath(v: Volume): string {
  return `${V1}/volumes/${encodeURIComponent(`${v.engine}/${v.name}`)}`;
}

function networkPath(n: Network): string {
  return `${V1}/networks/${encodeURIComponent(`${n.engine}/${n.id}`)}`;
}

export function getImage(c: ApiClient, i: Image): Promise<ImageDetail> {
  return c.ask("GET", imagePath(`${i.engine}/${i.id}`));
}

export function getVolume(c: ApiClient, v: Volume): Promise<VolumeDetail> {
  return c.ask("GET", volumePath(v));
}

export function getNetwork(c: ApiClient, n: Network): Promise<NetworkDetail> {
  return c.ask("GET", networkPath(n));
}

export function tagImage(c: ApiClient, i: Image, reference: string): Promise<ResourceResult> {
  return c.ask("POST", `${imagePath(`${i.engine}/${i.id}`)}/tag`, { reference });
}

/** Takes away a tag, and the image with its last one; or an image without any, by its id. */
export function removeImage(c: ApiClient, reference: string, force: boolean): Promise<ResourceResult> {
  return c.ask("DELETE", `${imagePath(reference)}${force ? "?force=true" : ""}`);
}

/** Where an image can be downloaded as docker save writes it, with all of its tags. */
export function saveUrl(i: Image): string {
  return `${imagePath(`${i.engine}/${i.id}`)}/save`;
}

export function createVolume(c: ApiClient, v: VolumeCreate): Promise<ResourceResult> {
  return c.ask("POST", `${V1}/volumes`, v);
}

export function removeVolume(c: ApiClient, v: Volume, force: boolean): Promise<ResourceResult> {
  return c.ask("DELETE", `${volumePath(v)}${force ? "?force=true" : ""}`);
}

export function createNetwork(c: ApiClient, n: NetworkCreate): Promise<ResourceResult> {
  return c.ask("POST", `${V1}/networks`, n);
}

export function removeNetwork(c: ApiClient, n: Network): Promise<ResourceResult> {
  return c.ask("DELETE", networkPath(n));
}

export function connectNetwork(c: ApiClient, n: Network, what: NetworkConnect): Promise<ResourceResult> {
  return c.ask("POST", `${networkPath(n)}/connect`, what);
}

export function disconnectNetwork(c: ApiClient, n: Network, what: NetworkConnect): Promise<ResourceResult> {
  return c.ask("POST", `${networkPath(n)}/disconnect`, what);
}

export function searchRegistry(c: ApiClient, term: string): Promise<{ items: SearchResult[] }> {
  return c.ask("GET", `${V1}/registry/search?${new URLSearchParams({ term })}`);
}

export function prunePlan(c: ApiClient, o: PruneOptions, engine: string): Promise<PrunePlan> {
  const query = new URLSearchParams(o.kinds.map((k) => ["kind", k]));
  if (engine !== "") query.set("engine", engine);
  if (o.allImages) query.set("allImages", "true");
  if (o.allVolumes) query.set("allVolumes", "true");
  if (o.allCache) query.set("allCache", "true");
  return c.ask("GET", `${V1}/prune?${query}`);
}

/** Has disk use measured; the figures come on topic "system". */
export function measureDisk(c: ApiClient): Promise<{ items: DiskUsage[] }> {
  return c.ask("POST", `${V1}/system/disk-usage`);
}

export function engineInfo(c: ApiClient): Promise<{ items: EngineInfo[] }> {
  return c.ask("GET", `${V1}/system/info`);
}

export function contexts(c: ApiClient): Promise<{ items: Context[] }> {
  return c.ask("GET", `${V1}/system/contexts`);
}
