import { usePreference } from "../../components/preference";
import { transportPreference } from "../../components/preferences";

const CHOICES = [
  ["auto", "Automatic", "WebSocket, and polling where none can be had"],
  ["polling", "Polling", "For networks that break WebSockets"],
] as const;

/** How the data shall travel, remembered by this browser. */
export function TransportChoice() {
  const chosen = usePreference(transportPreference);
  const forced = new URLSearchParams(location.search).get("transport") === "polling";
  return (
    <fieldset className="border-t border-line px-4 py-3">
      <legend className="sr-only">Transport</legend>
      <div className="flex items-center justify-between gap-4">
        <span aria-hidden className="text-sm font-semibold">
          Transport
        </span>
        <span className="flex rounded border border-line-strong">
          {CHOICES.map(([value, label, title]) => (
            <label
              key={value}
              title={title}
              className="flex h-6.5 items-center px-2.5 text-sm text-text-2 first:rounded-s-[5px] last:rounded-e-[5px] has-checked:bg-accent-soft has-checked:font-semibold has-checked:text-text-1 has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="transport"
                value={value}
                checked={chosen === value}
                onChange={() => transportPreference.set(value)}
                className="sr-only"
              />
              {label}
            </label>
          ))}
        </span>
      </div>
      {forced && (
        <p className="mt-1.5 text-sm text-text-2">
          This page polls because its address says <code className="font-mono">transport=polling</code>.
        </p>
      )}
    </fieldset>
  );
}
