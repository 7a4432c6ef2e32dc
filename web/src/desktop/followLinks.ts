import { lastLinks, onLinks, showWindow } from "./commands";

const OPENED = "quaywatch.app.link";

/** Opens the containers that links quaywatch://container/NAME name: the one the app was started with, and those that come. */
export async function followLinks(open: (container: string) => void): Promise<void> {
  const follow = (links: readonly string[]) => {
    const link = links.at(-1) ?? "";
    const container = containerOf(link);
    if (container === null) return;
    sessionStorage.setItem(OPENED, link);
    open(container);
  };
  await onLinks((links) => {
    void showWindow();
    follow(links);
  });
  // The app tells its last link for ever; a page that was reloaded has been there.
  const links = await lastLinks();
  if (links && links.at(-1) !== sessionStorage.getItem(OPENED)) follow(links);
}

/** The container that a link names. Pure. */
export function containerOf(link: string): string | null {
  // What the engine allows in a name or an id, so nothing is to be decoded.
  return /^quaywatch:\/\/container\/([\w.-]{1,255})\/?$/.exec(link)?.[1] ?? null;
}
