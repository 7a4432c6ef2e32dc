/** What the desktop app answers to: its commands and events, in types. The Rust side is desktop/src. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

/** The server this window looks at: its own, or one elsewhere. */
export interface ServerStatus {
  readonly state: "starting" | "ready" | "restarting" | "failed";
  /** Its origin, null while there is none. */
  readonly url: string | null;
  /** Where requests go: a server elsewhere is asked through the app. */
  readonly fetchUrl: string | null;
  readonly token: string | null;
  /** It runs elsewhere: the app neither starts nor stops it. */
  readonly remote: boolean;
  /** The engine it was told to watch, null for the one the docker command uses. */
  readonly engine: string | null;
  /** How often it was started again within the last minute. */
  readonly restarts: number;
  /** Why it is not ready, a sentence. */
  readonly reason: string | null;
  /** What it wrote last, at most 40 lines. */
  readonly lines: readonly string[];
  readonly retryInMs: number | null;
}

/** What the app watches. */
export type Target =
  | { readonly kind: "auto" }
  | { readonly kind: "context"; readonly name: string }
  | { readonly kind: "host"; readonly host: string }
  | { readonly kind: "demo" }
  | { readonly kind: "remote"; readonly url: string };

export interface DesktopSettings {
  readonly closeToTray: "ask" | "tray" | "quit";
  readonly startAtLogin: boolean;
  /** Unix milliseconds. */
  readonly notificationsPausedUntil: number | null;
  readonly target: Target;
}

/** A name for an engine, of the docker command's configuration. */
export interface DockerContext {
  readonly name: string;
  readonly host: string;
  readonly current: boolean;
  readonly error?: string;
}

export interface TrayState {
  readonly running: readonly { readonly project: string; readonly running: number; readonly total: number }[];
  readonly trouble: "none" | "warning" | "error";
  readonly summary: string;
}

export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  /** Comes back with "open" when the notification is clicked. */
  readonly container: string | null;
}

interface Events {
  server: ServerStatus;
  "tray-action": { readonly project: string; readonly action: "start" | "stop" };
  open: { readonly container: string };
  "close-asked": null;
}

/** Calls fn with each event of that name, from now on. */
export function onEvent<K extends keyof Events>(name: K, fn: (payload: Events[K]) => void): Promise<() => void> {
  return listen<Events[K]>(name, ({ payload }) => fn(payload));
}

export const serverStatus = () => invoke<ServerStatus>("server_status");
export const retryServer = () => invoke<void>("server_retry");
export const getSettings = () => invoke<DesktopSettings>("settings_get");
export const setSettings = (settings: DesktopSettings) => invoke<void>("settings_set", { settings });
/** Where the token was put: the system's key store, or a file that only this user can read. */
export const setRemoteToken = (url: string, token: string) => invoke<string>("remote_token_set", { url, token });
export const dockerContexts = () => invoke<readonly DockerContext[]>("contexts");
export const updateTray = (tray: TrayState) => invoke<void>("tray_update", { ...tray });
export const notifyDesktop = (notice: DesktopNotice) => invoke<void>("notify", { ...notice });
/** The container that was asked for before this page listened to "open". */
export const openedBefore = () => invoke<string | null>("opened");
export const answerClose = (choice: "tray" | "quit", remember: boolean) =>
  invoke<void>("close_answer", { choice, remember });
