import { EVENT_PATHS } from "./eventPaths";
import type { EventIcon, EventTone } from "./eventText";

export const GLYPH_TONES: Readonly<Record<EventTone, string>> = {
  good: "text-running",
  bad: "text-bad",
  warn: "text-paused",
  plain: "text-text-3",
};

/** What kind of event it is. Without an icon, an empty place for one. */
export function EventGlyph({ icon, tone }: { icon?: EventIcon; tone: EventTone }) {
  return (
    <span className={`mt-[3px] shrink-0 ${GLYPH_TONES[tone]}`} aria-hidden data-glyph>
      <svg
        className="block"
        width={14}
        height={14}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
      >
        <path d={icon && EVENT_PATHS[icon]} />
      </svg>
    </span>
  );
}
