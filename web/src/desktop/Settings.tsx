import { useEffect, useId, useState } from "react";
import { notify } from "../components/notice";
import { usePreference } from "../components/preference";
import { SectionTitle } from "../features/settings/SectionTitle";
import { Setting } from "../features/settings/Setting";
import { closingPreference } from "./choices";
import { getTarget, setStartsAtLogin, setTarget, startsAtLogin, type Target } from "./commands";
import { TargetSetting } from "./TargetSetting";

const CLOSE = { ask: "Ask", tray: "Keep watching in the tray", quit: "Quit" } as const;

/** The settings of the app itself: the system and the app keep them. */
export function Settings() {
  const id = useId();
  const closing = usePreference(closingPreference);
  const [target, change] = useKept<Target>(getTarget, setTarget);
  const [login, changeLogin] = useKept<boolean>(startsAtLogin, setStartsAtLogin);
  return (
    <section aria-labelledby="app">
      <SectionTitle id="app">This app</SectionTitle>
      {target !== null && <TargetSetting target={target} onChange={change} />}
      <Setting id={`${id}-close`} label="Closing the window" control={`${id}-close-box`}>
        <select
          id={`${id}-close-box`}
          value={closing}
          onChange={(e) => closingPreference.set(e.target.value as keyof typeof CLOSE)}
          className="h-7 rounded border border-line-strong bg-surface-1 px-2 text-sm"
        >
          {Object.entries(CLOSE).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </Setting>
      <Setting id={`${id}-login`} label="Start at login" control={`${id}-login-box`}>
        <input
          type="checkbox"
          id={`${id}-login-box`}
          disabled={login === null}
          checked={login ?? false}
          onChange={(e) => void changeLogin(e.target.checked)}
          className="size-4 accent-accent"
        />
      </Setting>
    </section>
  );
}

/** A value that is kept elsewhere, null until it is known, and how it is changed. */
function useKept<T>(get: () => Promise<T>, set: (to: T) => Promise<void>): [T | null, (to: T) => Promise<void>] {
  const [value, setValue] = useState<T | null>(null);
  useEffect(() => {
    void get().then(setValue);
  }, [get]);
  const change = async (to: T) => {
    setValue(to);
    try {
      await set(to);
    } catch (error) {
      setValue(value);
      notify({ tone: "bad", title: "The setting could not be kept", text: String(error) });
    }
  };
  return [value, change];
}
