/** What the user chooses for the app and this window keeps. */
import { preference } from "../components/preference";
import { load, save } from "../components/storage";

/** What closing the window means. */
export const closingPreference = preference<"ask" | "tray" | "quit">("app.closing", ["ask", "tray", "quit"], "ask");

const PAUSED = "quaywatch.app.pausedUntil";
const PAUSE_MS = 3_600_000;

/** Whether notifications are paused. */
export const noticesPaused = (now = Date.now()): boolean => now < Number(load(PAUSED) ?? 0);

/** Pauses notifications for an hour, or goes on. */
export function togglePause(now = Date.now()): void {
  save(PAUSED, String(noticesPaused(now) ? 0 : now + PAUSE_MS));
}
