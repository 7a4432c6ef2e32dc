import { linesText } from "../model/exportText";
import type { LogScreen } from "./logScreen";

/** The lines that are selected, or all that are shown, as text: as they look, without colours. */
export function shownText(screen: LogScreen, which: "selected" | "shown", times = false): string {
  const { sources, buffer } = screen.session;
  return linesText(buffer, screen.places(which), {
    times,
    names: sources.length > 1 ? sources.map((s) => s.name) : null,
  });
}
