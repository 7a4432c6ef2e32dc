import { useEffect, useId, useState } from "react";
import { notify } from "../components/notice";
import { SectionTitle } from "../features/settings/SectionTitle";
import { Setting } from "../features/settings/Setting";
import { type DesktopSettings, getSettings, setSettings } from "./commands";
import { TargetSetting } from "./TargetSetting";

const CLOSE = { ask: "Ask", tray: "Keep watching in the tray", quit: "Quit" } as const;

/** The settings of the app itself, which keeps them: they are not this page's. */
export function Settings() {
  const id = useId();
  const [settings, setLocal] = useState<DesktopSettings | null>(null);
  useEffect(() => {
    void getSettings().then(setLocal);
  }, []);
  if (!settings) return null;
  const change = async (part: Partial<DesktopSettings>) => {
    const next = { ...settings, ...part };
    setLocal(next);
    try {
      await setSettings(next);
    } catch (error) {
      setLocal(settings);
      notify({ tone: "bad", title: "The setting could not be kept", text: String(error) });
    }
  };
  return (
    <section aria-labelledby="app">
      <SectionTitle id="app">This app</SectionTitle>
      <TargetSetting target={settings.target} onChange={(target) => change({ target })} />
      <Setting id={`${id}-close`} label="Closing the window" control={`${id}-close-box`}>
        <select
          id={`${id}-close-box`}
          value={settings.closeToTray}
          onChange={(e) => void change({ closeToTray: e.target.value as keyof typeof CLOSE })}
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
          checked={settings.startAtLogin}
          onChange={(e) => void change({ startAtLogin: e.target.checked })}
          className="size-4 accent-accent"
        />
      </Setting>
    </section>
  );
}
