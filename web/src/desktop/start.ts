/**
 * The page in the desktop app's window: the same page, with the plugin for its
 * socket, a server that may move, a tray and notifications of the system's.
 */
import { navigate } from "wouter/use-browser-location";
import { ApiClient } from "../api/client";
import type { Notice } from "../components/notice";
import { desktopNoticesPreference } from "../components/preferences";
import { containerPath } from "../components/routes";
import { setShell } from "../components/shell";
import { createLive, type Live } from "../store/live";
import { noticesPaused } from "./choices";
import { createCloseQuestion } from "./closeQuestion";
import { notifyDesktop, onNoticeClick, showWindow } from "./commands";
import { followLinks } from "./followLinks";
import { followTray } from "./followTray";
import { createNews } from "./News";
import { NoEngineHelp } from "./NoEngineHelp";
import { Settings } from "./Settings";
import { saveFrom } from "./save";
import { ServerAuth, serverFetch } from "./serverAuth";
import { ServerLink } from "./serverLink";
import { MAX_FRAME, openTauri } from "./tauriSocket";

/** The notices that a click on the desktop may still mean. */
const CLICKABLE = 50;

/** startDesktop makes the window's live data and connects. */
export async function startDesktop(version: string): Promise<Live> {
  const server = await ServerLink.open();
  const clientId = windowId();
  const fetch = serverFetch(server);
  const client = new ApiClient({ fetch, clientId });
  const live = createLive(version, {
    client,
    clientId,
    auth: new ServerAuth(server, client),
    open: openTauri(server),
    url: "",
    maxFrame: MAX_FRAME,
  });
  const clicks = new Map<string, () => void>();
  const closing = createCloseQuestion();
  setShell({
    carrier: "Tauri plugin",
    News: createNews(server, closing),
    Settings,
    NoEngineHelp,
    notify: (notice) => show(notice, clicks),
    save: saveFrom(fetch),
  });
  allowNotices();
  followServer(server, live);
  followTray(live);
  await onNoticeClick((opens) => {
    void showWindow();
    const run = clicks.get(opens ?? "");
    if (run) run();
    else if (opens !== null) openContainer(live, opens);
  });
  await followLinks((container) => openContainer(live, container));
  return live;
}

/** The window keeps its id when it is reloaded: the server then drops the socket that the plugin left open. */
function windowId(): string {
  const KEY = "quaywatch.window";
  let id = sessionStorage.getItem(KEY);
  if (id === null) {
    id = `desktop-${crypto.randomUUID().slice(0, 16)}`;
    sessionStorage.setItem(KEY, id);
  }
  return id;
}

/** In an app they are what one expects, until they are switched off. */
function allowNotices(): void {
  const KEY = "quaywatch.app.begun";
  if (localStorage.getItem(KEY) !== null) return;
  localStorage.setItem(KEY, "1");
  desktopNoticesPreference.set("on");
}

/** A server that was started again has another port and another token. */
function followServer(server: ServerLink, live: Live): void {
  const where = () => JSON.stringify(server.address());
  let last = where();
  server.subscribe(() => {
    const now = where();
    if (now === last) return;
    last = now;
    if (now === "null") return; // The connection finds out by itself.
    live.connection.disconnect();
    live.connection.connect();
  });
}

function show(notice: Notice, clicks: Map<string, () => void>): void {
  if (noticesPaused()) return;
  const id = `notice:${notice.id}`;
  if (notice.action) clicks.set(id, notice.action.run);
  const [oldest] = clicks.keys();
  if (clicks.size > CLICKABLE && oldest !== undefined) clicks.delete(oldest);
  void notifyDesktop({ title: notice.title, body: notice.text, opens: notice.action ? id : null });
}

/** Opens a container by name or id, as soon as the containers are known. */
function openContainer({ store }: Live, wanted: string): void {
  const find = (): boolean => {
    const { containers } = store.latest();
    if (!containers.loaded) return false;
    const entry = containers.entries.find(({ container: c }) => c.name === wanted || c.id.startsWith(wanted));
    navigate(entry ? containerPath(entry.key) : `/containers/${encodeURIComponent(wanted)}`);
    return true;
  };
  if (find()) return;
  const stop = store.subscribeWakeful(() => find() && stop());
}
