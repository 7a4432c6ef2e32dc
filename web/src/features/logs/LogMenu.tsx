import { Menu } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import SlidersHorizontal from "lucide-react/icons/sliders-horizontal";
import type { MouseEvent } from "react";
import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { copyText } from "../../components/copyText";
import { notify } from "../../components/notice";
import { usePreference } from "../../components/preference";
import { shellOf } from "../../components/shell";
import { useLive } from "../../store/hooks";
import { LogChoice } from "./LogChoice";
import { linesText } from "./model/countText";
import { jsonPreference, keptPreference, tailPreference, timePreference } from "./model/logPreferences";
import { downloadText } from "./screen/download";
import type { LogScreen } from "./screen/logScreen";
import { shownText } from "./screen/shownText";
import { useLogSources } from "./useLogState";

/** Whole logs offered for download: each is a request of its own. */
const MAX_WHOLE = 12;

interface LogMenuProps {
  screen: LogScreen;
  title: string;
  /** A part of the past, which is not followed: how much of it there is was decided already. */
  past: boolean;
}

/** How lines look, how many there are, and what can be done with all of them. */
export function LogMenu({ screen, title, past }: LogMenuProps) {
  const { client } = useLive();
  const sources = useLogSources(screen);
  const pretty = usePreference(jsonPreference) === "on";
  // In the desktop app a link leads nowhere: the page is not where the server is.
  const saveWhole = (e: MouseEvent, key: string, name: string) => {
    const shell = shellOf();
    if (!shell) return;
    e.preventDefault();
    shell.save(client.logsUrl(key), `${name}.log`).catch((error: unknown) => {
      notify({ tone: "bad", title: "The log could not be downloaded", text: String(error) });
    });
  };
  const copyAll = async () => {
    const { shown } = screen.state();
    const ok = await copyText(shownText(screen, "shown"));
    announce(ok ? `${linesText(shown)} copied` : "Could not copy: the browser refused the clipboard");
  };
  const save = () => downloadText(`${title.replace(/[^\w.-]+/g, "-")}.log`, shownText(screen, "shown", true));
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<Button aria-label="Log options" title="Log options" />}>
        <SlidersHorizontal size={14} aria-hidden />
        <span className="@max-2xl:hidden">Options</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6} className="z-50">
          <Menu.Popup className="qw-popup max-h-(--available-height) min-w-56 overflow-y-auto py-1">
            <LogChoice
              label="Timestamps"
              of={timePreference}
              words={{ off: "None", time: "Time", full: "Date and time", relative: "How long ago" }}
            />
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.CheckboxItem
              className="qw-item"
              checked={pretty}
              closeOnClick={false}
              onCheckedChange={(on) => jsonPreference.set(on ? "on" : "off")}
            >
              <span className="inline-flex w-4">
                <Menu.CheckboxItemIndicator>
                  <Check size={14} aria-hidden />
                </Menu.CheckboxItemIndicator>
              </span>
              JSON lines pretty
            </Menu.CheckboxItem>
            {!past && (
              <>
                <Menu.Separator className="my-1 h-px bg-line" />
                <LogChoice
                  label="Past lines of each container"
                  of={tailPreference}
                  words={{ 500: "500", 2000: "2,000", 10000: "10,000" }}
                />
                <LogChoice label="Lines kept here" of={keptPreference} words={{ 10000: "10,000", 50000: "50,000" }} />
              </>
            )}
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Item className="qw-item ps-9" onClick={copyAll}>
              Copy all shown
            </Menu.Item>
            <Menu.Item className="qw-item ps-9" onClick={save}>
              Download what is shown
            </Menu.Item>
            {sources.slice(0, MAX_WHOLE).map((s) => (
              <Menu.LinkItem
                key={s.key}
                className="qw-item ps-9"
                href={client.logsUrl(s.key)}
                download
                closeOnClick
                onClick={(e) => saveWhole(e, s.key, s.name)}
              >
                Download the whole log{sources.length > 1 && ` of ${s.name}`}
              </Menu.LinkItem>
            ))}
            {!past && (
              <>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Menu.Item className="qw-item ps-9" onClick={() => screen.clear()}>
                  Clear the view
                </Menu.Item>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
