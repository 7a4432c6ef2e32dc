import type { PruneKind, PruneOptions } from "../../../api/types.gen";

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

/** Why a prune would remove nothing: all is in use, or what is not has a tag or a name. */
export function nothingGoes({ kinds, allImages, allVolumes }: PruneOptions): string {
  const spared = [
    ...(kinds.includes("images") && !allImages ? ["images that have a tag"] : []),
    ...(kinds.includes("volumes") && !allVolumes ? ["volumes that have a name"] : []),
  ];
  if (spared.length === 0) return "Nothing would go: everything there is, is used.";
  return `Nothing would go: ${spared.join(" and ")} stay, used or not.`;
}
