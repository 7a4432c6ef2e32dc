import TextWrap from "lucide-react/icons/text-wrap";
import type { RefObject } from "react";
import { type Preference, usePreference } from "../../components/preference";
import { LogMenu } from "./LogMenu";
import { wrapPreference } from "./model/logPreferences";
import { SearchField } from "./SearchField";
import type { LogScreen } from "./screen/logScreen";
import { Toggle } from "./Toggle";

interface LogToolbarProps {
  readonly screen: LogScreen;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly title: string;
  /** A part of the past, which is not followed. */
  readonly past?: boolean;
}

export function LogToolbar({ screen, search, title, past = false }: LogToolbarProps) {
  const [wrap, toggleWrap] = useSwitch(wrapPreference);
  return (
    <div
      role="toolbar"
      aria-label="Log"
      className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line p-1.5"
    >
      <SearchField screen={screen} input={search} />
      <div className="ms-auto flex gap-1.5">
        <Toggle label="Wrap lines" on={wrap} onToggle={toggleWrap}>
          <TextWrap size={14} aria-hidden />
          <span className="@max-2xl:sr-only">Wrap</span>
        </Toggle>
        <LogMenu screen={screen} title={title} past={past} />
      </div>
    </div>
  );
}

function useSwitch(p: Preference<"on" | "off">): readonly [boolean, () => void] {
  const on = usePreference(p) === "on";
  return [on, () => p.set(on ? "off" : "on")];
}
