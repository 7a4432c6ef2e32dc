import { useEffect } from "react";
import type { Preference } from "../../components/preference";
import {
  cpuBasePreference,
  motionPreference,
  singleKeysPreference,
  themePreference,
  timesPreference,
  transportPreference,
  unitsPreference,
} from "../../components/preferences";
import { shellOf } from "../../components/shell";
import { ChoiceSetting } from "./ChoiceSetting";
import { NoticeSettings } from "./NoticeSettings";
import { SectionTitle } from "./SectionTitle";
import { SessionSettings } from "./SessionSettings";

interface SettingsPageProps {
  /** The table's own. */
  density: Preference<"compact" | "normal" | "roomy">;
}

/** What can be chosen. Each choice applies at once and is remembered by this browser. */
export function SettingsPage({ density }: SettingsPageProps) {
  // A link to a part of this page comes before the page does.
  useEffect(() => {
    if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);
  const shell = shellOf();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-surface-1" data-page-scroll>
      <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-6 sm:px-6">
        <div>
          <h1 className="text-lg font-semibold">Settings</h1>
          <p className="text-text-2">Each applies at once and is remembered by this browser.</p>
        </div>

        <section aria-labelledby="appearance">
          <SectionTitle id="appearance">Appearance</SectionTitle>
          <ChoiceSetting
            label="Theme"
            of={themePreference}
            words={{ system: "System", light: "Light", dark: "Dark", contrast: "High contrast" }}
            notes={{ contrast: "Stronger lines and text, light or dark as the system is." }}
          />
          <ChoiceSetting
            label="Rows of the table"
            of={density}
            words={{ compact: "Compact", normal: "Normal", roomy: "Roomy" }}
          />
          <ChoiceSetting
            label="Animation"
            of={motionPreference}
            words={{ system: "As the system", off: "Off" }}
            note="Off, nothing moves; a change is marked for a moment instead."
          />
        </section>

        <section aria-labelledby="numbers">
          <SectionTitle id="numbers">Numbers and times</SectionTitle>
          <ChoiceSetting
            label="Sizes"
            of={unitsPreference}
            words={{ binary: "KiB, MiB, GiB", decimal: "kB, MB, GB" }}
            note="In powers of 1,024 or of 1,000. Rates are in powers of 1,000, as links and disks are sold."
          />
          <ChoiceSetting
            label="100 % of CPU is"
            of={cpuBasePreference}
            words={{ core: "One core", host: "The whole host", limit: "The container’s limit" }}
            notes={{ limit: "Of one core where a container has no limit." }}
          />
          <ChoiceSetting
            label="Times of events"
            of={timesPreference}
            words={{ relative: "12 s ago", absolute: "14:02:07" }}
            notes={{ relative: "The time of day after an hour." }}
          />
        </section>

        <section aria-labelledby="keyboard">
          <SectionTitle id="keyboard">Keyboard</SectionTitle>
          <ChoiceSetting
            label="Single keys"
            of={singleKeysPreference}
            words={{ on: "On", off: "Off" }}
            note="Keys such as j, x, s and ? act by themselves. Off, only those with Ctrl or ⌘ do; arrows, Tab and Enter always work."
          />
        </section>

        <section aria-labelledby="connection">
          <SectionTitle id="connection">Connection</SectionTitle>
          <ChoiceSetting
            label="Transport"
            of={transportPreference}
            words={{ auto: "Automatic", polling: "Polling only" }}
            note="Automatic uses a WebSocket and falls back by itself. Polling is for networks that break WebSockets."
          />
        </section>

        {shell && <shell.Settings />}
        <NoticeSettings />
        <SessionSettings />
      </div>
    </div>
  );
}
