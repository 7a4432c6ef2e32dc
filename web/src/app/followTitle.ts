import { browserFrames } from "../lib/timers";
import type { Live } from "../store/live";
import { Tally } from "../store/tally";
import type { LiveView } from "../store/view";
import { PAGE_NAMES, type Route, routeOf } from "./route";
import { ailmentsOf, iconUrl, type Trouble, titleText, troubleOf } from "./trouble";

/** wouter tells of these besides the browser's own popstate. */
const MOVES = ["popstate", "pushState", "replaceState"] as const;

/** Keeps the title and the icon of the tab true, also while the page is hidden. */
export function followTitle({ store }: Live): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const mark = icon?.getAttribute("href") ?? "";
  const ailments = new Tally(ailmentsOf);
  let seen: Pick<LiveView, "containers" | "engines" | "connection"> | null = null;
  let trouble: Trouble | null = null;

  const write = (view: LiveView) => {
    const same =
      seen?.containers === view.containers &&
      seen.engines === view.engines &&
      seen.connection.phase === view.connection.phase;
    if (!same || trouble === null) trouble = troubleOf(view, ailments.count(view.containers));
    seen = view;
    const title = titleText(pageName(routeOf(location.pathname), view), trouble);
    if (document.title !== title) document.title = title;
    const href = iconUrl(trouble) ?? mark;
    if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
  };
  store.subscribe(() => write(store.view()));
  store.subscribeWakeful(() => browserFrames.hidden() && write(store.latest()));
  for (const move of MOVES) window.addEventListener(move, () => write(store.view()));
  write(store.view());
}

function pageName(route: Route, { containers }: LiveView): string {
  if (route.page !== "container") return "id" in route && route.id !== null ? route.id : PAGE_NAMES[route.page];
  const { id, tab } = route;
  const entry = containers.entries.find(({ container: c }) => c.name === id || c.id.startsWith(id));
  const name = entry?.container.name ?? id;
  return tab === "overview" ? name : `${name} · ${tab}`;
}
