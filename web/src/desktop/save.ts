import type { Fetch } from "../api/client";

/** Fetches what is at a path and hands it to the web view as a download: a link can't carry the token. */
export function saveFrom(fetch: Fetch): (path: string, name: string) => Promise<void> {
  return async (path, name) => {
    const response = await fetch(path);
    if (!response.ok) throw new Error(`The server answered ${response.status}`);
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  };
}
