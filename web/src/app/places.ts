/** The pages one goes to by name, in the order of the navigation. */
import {
  ALERTS_PATH,
  CONTAINERS_PATH,
  EVENTS_PATH,
  IMAGES_PATH,
  NETWORKS_PATH,
  PROJECTS_PATH,
  SYSTEM_PATH,
  VOLUMES_PATH,
} from "../components/routes";
import type { Route } from "./route";

export interface Destination {
  readonly name: string;
  readonly path: string;
  /** The pages that stand under it. */
  readonly pages: readonly Route["page"][];
}

export const DESTINATIONS: readonly Destination[] = [
  { name: "Containers", path: CONTAINERS_PATH, pages: ["containers", "container"] },
  { name: "Images", path: IMAGES_PATH, pages: ["images"] },
  { name: "Volumes", path: VOLUMES_PATH, pages: ["volumes"] },
  { name: "Networks", path: NETWORKS_PATH, pages: ["networks"] },
  { name: "Projects", path: PROJECTS_PATH, pages: ["projects"] },
  { name: "Events", path: EVENTS_PATH, pages: ["events"] },
  { name: "Alerts", path: ALERTS_PATH, pages: ["alerts"] },
  { name: "System", path: SYSTEM_PATH, pages: ["system"] },
];
