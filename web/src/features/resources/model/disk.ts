import type { DiskUse } from "../../../api/types.gen";

/** What is in use and what can be freed, as shares of the greatest of all kinds. */
export function shareOf(use: DiskUse, most: number): { readonly kept: number; readonly free: number } {
  if (most <= 0 || use.totalBytes === null) return { kept: 0, free: 0 };
  const free = Math.min(use.reclaimableBytes ?? 0, use.totalBytes);
  return { kept: (use.totalBytes - free) / most, free: free / most };
}
