/** What the desktop app answers to: its commands and events, in types, and those of Tauri's plugins. The Rust side is desktop/src. */
import { addPluginListener, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWindow } from "@tauri-apps/api/window";

/** The server this window looks at: its own, or one elsewhere. */
export interface ServerStatus {
  readonly state: "starting" | "ready" | "restarting" | "failed";
  /** What it watches; of a server elsewhere it passes on requests. */
  readonly target: Target;
  /** Its origin, null while there is none. */
  readonly url: string | null;
  readonly token: string | null;
  /** How often it was started again within the last minute. */
  readonly restarts: number;
  /** Why it is not ready, a sentence. */
  readonly reason: string | null;
  /** What it wrote last, at most 40 lines. */
  readonly lines: readonly string[];
}

/** What the app watches. The server's side of it is sidecarTarget in cmd/quaywatch. */
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

export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  /** Comes back when the notification is clicked. */
  readonly opens: string | null;
}

/** Calls fn with each change of the server, from now on. */
export const onServer = (fn: (status: ServerStatus) => void) =>
  listen<ServerStatus>("server", ({ payload }) => fn(payload));
export const serverStatus = () => invoke<ServerStatus>("server_status");
export const retryServer = () => invoke<void>("server_retry");
export const getTarget = async () => (await serverStatus()).target;
export const setTarget = (target: Target) => invoke<void>("target_set", { target });
/** Where the token was put: the system's key store, or a file that only this user can read. */
export const setRemoteToken = (url: string, token: string) => invoke<string>("remote_token_set", { url, token });

/** The docker contexts, of which the app prints an object a line. */
export async function dockerContexts(): Promise<readonly DockerContext[]> {
  const lines = (await invoke<string>("contexts")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as DockerContext);
}

export const startsAtLogin = () => invoke<boolean>("plugin:autostart|is_enabled");
export const setStartsAtLogin = (on: boolean) => invoke<void>(`plugin:autostart|${on ? "enable" : "disable"}`);

/** The links quaywatch://… that the app was asked for last, or started with. */
export const lastLinks = () => invoke<readonly string[] | null>("plugin:deep-link|get_current");
export const onLinks = (fn: (links: readonly string[]) => void) =>
  listen<readonly string[]>("deep-link://new-url", ({ payload }) => fn(payload));

export function notifyDesktop({ title, body, opens }: DesktopNotice): Promise<void> {
  const text = navigator.userAgent.includes("Linux") ? asText(body) : body;
  return invoke("plugin:notification|notify", { options: { title, body: text, extra: { opens } } });
}

/** Linux reads markup in a notification's body; what a container is called is text. */
export const asText = (body: string) => body.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Calls fn with what a notification that was clicked opens. */
export async function onNoticeClick(fn: (opens: string | null) => void): Promise<void> {
  interface Performed {
    readonly notification?: { readonly extra?: { readonly opens?: string | null } };
  }
  await addPluginListener<Performed>("notification", "actionPerformed", ({ notification }) =>
    fn(notification?.extra?.opens ?? null),
  );
}

/** Calls fn when the user closes the window, which then stays until the page hides or quits it. */
export const onClose = (fn: () => void) => getCurrentWindow().listen("tauri://close-requested", fn);

/** Brings the window before the user. */
export async function showWindow(): Promise<void> {
  const window = getCurrentWindow();
  await window.show();
  await window.unminimize();
  await window.setFocus();
}

/** Leaves only the tray. */
export const hideWindow = () => getCurrentWindow().hide();
/** The app ends with its window. */
export const quit = () => getCurrentWindow().destroy();
