/** The page's addresses. A leaf: everybody links, app/ routes. */

/** The parts of a container's own view. */
export const CONTAINER_TABS = ["overview", "charts", "logs", "terminal", "events", "inspect"] as const;
export type ContainerTab = (typeof CONTAINER_TABS)[number];

export const CONTAINERS_PATH = "/";
export const SETTINGS_PATH = "/settings";
export const LOGS_PATH = "/logs";
export const IMAGES_PATH = "/images";
export const VOLUMES_PATH = "/volumes";
export const NETWORKS_PATH = "/networks";
export const PROJECTS_PATH = "/projects";
export const SYSTEM_PATH = "/system";
export const EVENTS_PATH = "/events";
export const ALERTS_PATH = "/alerts";

/** The parts of the page of alerts. */
export const ALERT_TABS = ["active", "history", "rules", "deliveries"] as const;
export type AlertTab = (typeof ALERT_TABS)[number];

export function alertsPath(tab: AlertTab = "active"): string {
  return tab === "active" ? ALERTS_PATH : `${ALERTS_PATH}/${tab}`;
}

/** A container's own view; key is ENGINE/ID. With a time (RFC 3339), around that moment. */
export function containerPath(key: string, tab: ContainerTab = "overview", at = ""): string {
  const id = key.slice(key.indexOf("/") + 1, key.indexOf("/") + 13);
  return `/containers/${id}${tab === "overview" ? "" : `/${tab}`}${at && `?at=${at}`}`;
}

/** The logs of several containers, or of a whole Compose project. */
export function logsPath(of: { readonly containers: readonly string[] } | { readonly project: string }): string {
  if ("project" in of) return `${LOGS_PATH}?project=${encodeURIComponent(of.project)}`;
  const ids = of.containers.map((key) => key.slice(key.indexOf("/") + 1, key.indexOf("/") + 13));
  return `${LOGS_PATH}?c=${ids.join(",")}`;
}

/** An image's own view, by the first digits of its id; a network's likewise. */
export function imagePath(id: string): string {
  return `${IMAGES_PATH}/${id.replace(/^sha256:/, "").slice(0, 12)}`;
}

export function networkPath(id: string): string {
  return `${NETWORKS_PATH}/${id.slice(0, 12)}`;
}

/** The same by its name, where its id is not known. */
export function networkNamed(name: string): string {
  return `${NETWORKS_PATH}/${encodeURIComponent(name)}`;
}

export function volumePath(name: string): string {
  return `${VOLUMES_PATH}/${encodeURIComponent(name)}`;
}

export function projectPath(name: string): string {
  return `${PROJECTS_PATH}/${encodeURIComponent(name)}`;
}

/** An address that means what one engine has: others may have the same image, or a volume of that name. */
export function onEngine(path: string, engine: string): string {
  return `${path}?engine=${encodeURIComponent(engine)}`;
}
