import CaseSensitive from "lucide-react/icons/case-sensitive";
import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronUp from "lucide-react/icons/chevron-up";
import ListFilter from "lucide-react/icons/list-filter";
import Regex from "lucide-react/icons/regex";
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from "react";
import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { usePreference } from "../../components/preference";
import { casePreference, regexPreference } from "./model/logPreferences";
import { SearchCount } from "./SearchCount";
import type { LogScreen } from "./screen/logScreen";
import { Toggle } from "./Toggle";
import { useLogState } from "./useLogState";

interface SearchFieldProps {
  readonly screen: LogScreen;
  readonly input: RefObject<HTMLInputElement | null>;
}

/** The search: words or an expression, which match is the current one, and the way to the next. */
export function SearchField({ screen, input }: SearchFieldProps) {
  const [text, setText] = useState("");
  const matchCase = usePreference(casePreference) === "on";
  const regex = usePreference(regexPreference) === "on";
  const error = useLogState(screen, (s) => s.error);
  const only = useLogState(screen, (s) => s.onlyMatches);
  const errorId = useId();
  useEffect(() => screen.find({ text, matchCase, regex }), [screen, text, matchCase, regex]);

  const move = (direction: 1 | -1) => {
    if (!screen.move(direction) && text !== "" && error === null) announce("No line matches");
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Enter") move(e.shiftKey ? -1 : 1);
    else if (e.key === "Escape" && text !== "") setText("");
    else if (e.key === "Escape") input.current?.blur();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <search className="contents">
      <div className="relative min-w-40 flex-1 @max-lg:basis-full @3xl:max-w-96">
        <input
          ref={input}
          type="search"
          aria-label="Search the log"
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : errorId}
          placeholder={only ? "Show only lines with…" : "Search the log"}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={onKeyDown}
          className={`h-7 w-full rounded border bg-surface-1 ps-2 pe-28 text-sm text-text-1 placeholder:text-text-3 focus-visible:outline-offset-0 ${
            error === null ? "border-line-strong" : "border-bad"
          }`}
        />
        <SearchCount screen={screen} text={text} />
      </div>
      <div className="flex gap-1">
        <Toggle label="Match case" on={matchCase} onToggle={() => casePreference.set(matchCase ? "off" : "on")}>
          <CaseSensitive size={16} aria-hidden />
        </Toggle>
        <Toggle label="Regular expression" on={regex} onToggle={() => regexPreference.set(regex ? "off" : "on")}>
          <Regex size={14} aria-hidden />
        </Toggle>
        <Toggle label="Only lines that match" on={only} onToggle={() => screen.filter(!only)}>
          <ListFilter size={14} aria-hidden />
        </Toggle>
        <Button
          className="px-1"
          aria-label="Match before"
          title="Match before (Shift+Enter)"
          disabled={text === ""}
          onClick={() => move(-1)}
        >
          <ChevronUp size={16} aria-hidden />
        </Button>
        <Button
          className="px-1"
          aria-label="Next match"
          title="Next match (Enter)"
          disabled={text === ""}
          onClick={() => move(1)}
        >
          <ChevronDown size={16} aria-hidden />
        </Button>
      </div>
      {error !== null && (
        <p id={errorId} role="alert" className="order-1 basis-full text-sm text-bad">
          {error}
        </p>
      )}
    </search>
  );
}
