/** Which page an address names. Pure, so that every address has a test. */
import { CONTAINER_TABS, type ContainerTab, LOGS_PATH, SETTINGS_PATH } from "../components/routes";

export type Route =
  | { readonly page: "containers" }
  | { readonly page: "container"; readonly id: string; readonly tab: ContainerTab }
  | { readonly page: "logs" }
  | { readonly page: "settings" }
  | { readonly page: "missing" };

/** The page of a path, with or without a slash at its end. */
export function routeOf(path: string): Route {
  const clean = path.length > 1 ? path.replace(/\/+$/, "") : path;
  if (clean === "" || clean === "/") return { page: "containers" };
  if (clean === LOGS_PATH) return { page: "logs" };
  if (clean === SETTINGS_PATH) return { page: "settings" };
  const [, id, word] = /^\/containers\/([\w.-]+)(?:\/([a-z]+))?$/.exec(clean) ?? [];
  const tab = word === undefined ? "overview" : CONTAINER_TABS.find((t) => t === word);
  return id !== undefined && tab !== undefined ? { page: "container", id, tab } : { page: "missing" };
}
