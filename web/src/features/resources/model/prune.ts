import type { PruneKind } from "../../../api/types.gen";

/** How the kinds of things that can be pruned are spoken of. */
export const KIND_WORDS: Readonly<Record<PruneKind, { readonly one: string; readonly title: string }>> = {
  containers: { one: "container", title: "Stopped containers" },
  networks: { one: "network", title: "Networks" },
  images: { one: "image", title: "Images" },
  volumes: { one: "volume", title: "Volumes" },
  buildCache: { one: "cache", title: "Build cache" },
};

export function pruneTitle(of: "images" | "volumes" | "networks" | "all"): string {
  return of === "all" ? "Remove what nothing uses" : `Remove ${of} that nothing uses`;
}
