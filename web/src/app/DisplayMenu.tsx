import { Menu } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import Settings from "lucide-react/icons/settings";
import SlidersHorizontal from "lucide-react/icons/sliders-horizontal";
import { Link } from "wouter";
import { Button } from "../components/Button";
import { densityPreference } from "../components/density";
import { type Preference, usePreference } from "../components/preference";
import { themePreference } from "../components/preferences";
import { SETTINGS_PATH } from "../components/routes";
import { columnsPreference } from "../features/containers/viewPreferences";
import { ColumnMenu } from "./ColumnMenu";

/** How the page looks, remembered by this browser. */
export function DisplayMenu() {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<Button tone="quiet" className="px-1.5" aria-label="Display" title="Display" />}>
        <SlidersHorizontal size={16} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6} className="z-50">
          <Menu.Popup className="qw-popup min-w-52 py-1">
            <Choice
              label="Theme"
              of={themePreference}
              words={{ system: "As the system", light: "Light", dark: "Dark", contrast: "High contrast" }}
            />
            <Menu.Separator className="my-1 h-px bg-line" />
            <Choice
              label="Rows"
              of={densityPreference}
              words={{ compact: "Compact", normal: "Normal", roomy: "Roomy" }}
            />
            <Menu.Separator className="my-1 h-px bg-line" />
            <Choice
              label="Columns"
              of={columnsPreference}
              words={{ fit: "As many as fit", all: "All, scroll sideways" }}
            />
            <ColumnMenu />
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.LinkItem className="qw-item" closeOnClick render={<Link href={SETTINGS_PATH} />}>
              <Settings size={14} aria-hidden className="text-text-3" />
              All settings
            </Menu.LinkItem>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  of: Preference<T>;
  words: Record<T, string>;
}

function Choice<T extends string>({ label, of, words }: ChoiceProps<T>) {
  const value = usePreference(of);
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-3 py-1 text-xs text-text-3">{label}</Menu.GroupLabel>
      <Menu.RadioGroup value={value} onValueChange={(next: T) => of.set(next)}>
        {(Object.keys(words) as T[]).map((key) => (
          <Menu.RadioItem key={key} value={key} closeOnClick={false} className="qw-item">
            <span className="inline-flex w-4">
              <Menu.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </Menu.RadioItemIndicator>
            </span>
            {words[key]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  );
}
