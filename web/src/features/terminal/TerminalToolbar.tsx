import ClipboardPaste from "lucide-react/icons/clipboard-paste";
import Copy from "lucide-react/icons/copy";
import Ear from "lucide-react/icons/ear";
import type { RefObject } from "react";
import { Button } from "../../components/Button";
import { usePreference } from "../../components/preference";
import { readerPreference, sizePreference } from "./model/preferences";
import type { Seat, SeatState } from "./seat";

interface TerminalToolbarProps {
  readonly seat: Seat;
  readonly state: SeatState;
  readonly toolbar: RefObject<HTMLDivElement | null>;
}

const SIZES = ["12", "13", "15", "18"] as const;

/** How it is, and what can be done with it. */
export function TerminalToolbar({ seat, state, toolbar }: TerminalToolbarProps) {
  const reader = usePreference(readerPreference) === "on";
  const size = usePreference(sizePreference);
  const open = state.phase === "open";
  return (
    <div
      ref={toolbar}
      role="toolbar"
      aria-label="Terminal"
      className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line p-1.5"
    >
      <Button tone="quiet" disabled={!state.selected} onClick={() => void seat.copy()} title="Copy (Ctrl+Shift+C)">
        <Copy size={14} aria-hidden />
        Copy
      </Button>
      <Button tone="quiet" disabled={!open} onClick={() => void seat.paste()} title="Paste (Ctrl+Shift+V)">
        <ClipboardPaste size={14} aria-hidden />
        Paste
      </Button>
      <Button
        tone="quiet"
        aria-pressed={reader}
        className={reader ? "bg-accent-soft text-accent" : ""}
        title="Lets a screen reader read the output; slower where there is much of it"
        onClick={() => readerPreference.set(reader ? "off" : "on")}
      >
        <Ear size={14} aria-hidden />
        Screen reader
      </Button>
      <label className="flex items-center gap-1.5 ps-1 text-sm text-text-2">
        Text
        <select
          value={size}
          onChange={(e) => sizePreference.set(SIZES.find((s) => s === e.target.value) ?? "13")}
          className="h-7 rounded border border-line-strong bg-surface-1 px-1"
        >
          {SIZES.map((s) => (
            <option key={s} value={s}>
              {s} px
            </option>
          ))}
        </select>
      </label>
      <p role="status" className="min-w-0 ps-1 text-sm text-text-2">
        {state.notice || (state.phase === "connecting" ? "Opening…" : "")}
      </p>
      <span className="ms-auto flex items-center gap-3">
        {open && (
          <span className="text-sm text-text-3 max-lg:hidden">
            <kbd className="font-mono text-xs">Ctrl+Shift+L</kbd> leaves the terminal
          </span>
        )}
        {state.phase !== "ended" && <Button onClick={() => seat.end()}>End the session</Button>}
      </span>
    </div>
  );
}
