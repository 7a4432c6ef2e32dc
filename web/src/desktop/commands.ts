/** What the desktop app answers to: its commands and events, in types. The Rust side is desktop/src. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

/** The server this window looks at: its own, or one elsewhere. */
export interface ServerStatus {
  readonly state: "starting" | "ready" | "restarting" | "failed";
  /** Its origin, null while there is none. */
  readonly url: string | null;
  readonly token: string | null;
  /** The server elsewhere that it passes requests on to; null for one that watches an engine itself. */
  readonly remote: string | null;
  /** How often it was started again within the last minute. */
  readonly restarts: number;
  /** Why it is not ready, a sentence. */
  readonly reason: string | null;
  /** What it wrote last, at most 40 lines. */
  readonly lines: readonly string[];
}

/** What the app watches. */
export type Target =
  | { readonly kind: "auto" }
  | { readonly kind: "context"; readonly name: string }
  | { readonly kind: "host"; readonly host: string }
  | { readonly kind: "demo" }
  | { readonly kind: "remote"; readonly url: string };

/** A name for an engine, of the docker command's configuration. */
export interface DockerContext {
  readonly name: string;
  readonly host: string;
  readonly current: boolean;
  readonly error?: string;
}

export interface TrayView {
  readonly trouble: "none" | "warning" | "error";
  readonly summary: string;
  /** Each Compose project's name, and how it is. */
  readonly projects: readonly (readonly [name: string, state: string])[];
  readonly paused: boolean;
}

export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  /** Comes back with "open" when the notification is clicked. */
  readonly opens: string | null;
}

interface Events {
  server: ServerStatus;
  /** A choice in the tray's menu: start:PROJECT, stop:PROJECT or pause. */
  tray: string;
  open: string;
  "close-asked": null;
}

/** Calls fn with each event of that name, from now on. */
export function onEvent<K extends keyof Events>(name: K, fn: (payload: Events[K]) => void): Promise<() => void> {
  return listen<Events[K]>(name, ({ payload }) => fn(payload));
}

export const serverStatus = () => invoke<ServerStatus>("server_status");
export const retryServer = () => invoke<void>("server_retry");
export const getTarget = () => invoke<Target>("target_get");
export const setTarget = (target: Target) => invoke<void>("target_set", { target });
export const startsAtLogin = () => invoke<boolean>("plugin:autostart|is_enabled");
export const setStartsAtLogin = (on: boolean) => invoke<void>(`plugin:autostart|${on ? "enable" : "disable"}`);
/** Where the token was put: the system's key store, or a file that only this user can read. */
export const setRemoteToken = (url: string, token: string) => invoke<string>("remote_token_set", { url, token });
export const dockerContexts = () => invoke<readonly DockerContext[]>("contexts");
export const updateTray = (view: TrayView) => invoke<void>("tray_update", { view });
export const notifyDesktop = (notice: DesktopNotice) => invoke<void>("notify", { ...notice });
/** The container that was asked for before this page listened to "open". */
export const openedBefore = () => invoke<string | null>("opened");
export const answerClose = (quit: boolean) => invoke<void>("close_answer", { quit });
