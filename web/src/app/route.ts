/** Which page an address names. Pure, so that every address has a test. */
import {
  ALERT_TABS,
  type AlertTab,
  alertsPath,
  CONTAINER_TABS,
  type ContainerTab,
  EVENTS_PATH,
  LOGS_PATH,
  SETTINGS_PATH,
  SYSTEM_PATH,
} from "../components/routes";

export type Route =
  | { readonly page: "containers" }
  | { readonly page: "container"; readonly id: string; readonly tab: ContainerTab }
  | { readonly page: ListPage; readonly id: string | null }
  | { readonly page: "events" }
  | { readonly page: "system" }
  | { readonly page: "alerts"; readonly tab: AlertTab }
  | { readonly page: "logs" }
  | { readonly page: "settings" }
  | { readonly page: "missing" };

/** Pages that are a list, and with an id one of it. */
export type ListPage = (typeof LISTS)[number];
const LISTS = ["images", "volumes", "networks", "projects"] as const;

/** What the pages are called. */
export const PAGE_NAMES: Readonly<Record<Route["page"], string>> = {
  containers: "Containers",
  container: "Container",
  images: "Images",
  volumes: "Volumes",
  networks: "Networks",
  projects: "Projects",
  events: "Events",
  system: "System",
  alerts: "Alerts",
  logs: "Logs",
  settings: "Settings",
  missing: "No such page",
};

/** The page of a path, with or without a slash at its end. */
export function routeOf(path: string): Route {
  const clean = path.length > 1 ? path.replace(/\/+$/, "") : path;
  if (clean === "" || clean === "/") return { page: "containers" };
  if (clean === LOGS_PATH) return { page: "logs" };
  if (clean === SETTINGS_PATH) return { page: "settings" };
  if (clean === EVENTS_PATH) return { page: "events" };
  if (clean === SYSTEM_PATH) return { page: "system" };
  const part = ALERT_TABS.find((tab) => clean === alertsPath(tab));
  if (part !== undefined) return { page: "alerts", tab: part };
  const [, name, of] = /^\/([a-z]+)(?:\/([^/]+))?$/.exec(clean) ?? [];
  const list = LISTS.find((l) => l === name);
  if (list !== undefined) return { page: list, id: of === undefined ? null : decoded(of) };
  const [, id, word] = /^\/containers\/([\w.-]+)(?:\/([a-z]+))?$/.exec(clean) ?? [];
  const tab = word === undefined ? "overview" : CONTAINER_TABS.find((t) => t === word);
  return id !== undefined && tab !== undefined ? { page: "container", id, tab } : { page: "missing" };
}

/** An address may have been cut off within a character. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
