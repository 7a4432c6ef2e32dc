// biome-ignore-all lint/a11y/useSemanticElements: a list of cards with keys of its own is no table
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus
import { type MouseEvent, useRef, useState, useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import type { Selection } from "../../../components/grid/selection";
import { rowElement, useRoving } from "../../../components/grid/useRoving";
import { useSelect } from "../../../components/grid/useSelect";
import { containerPath, SYSTEM_PATH } from "../../../components/routes";
import type { AlertDesk } from "../desk";
import type { AlertLine, Standing } from "../model/active";
import { AlertRow } from "./AlertRow";
import { useAlertKeys } from "./useAlertKeys";

const TITLES: Readonly<Record<Standing, string>> = {
  firing: "Firing",
  hushed: "Acknowledged or snoozed",
  pending: "Pending: not for long enough yet",
};

interface AlertGridProps {
  lines: readonly AlertLine[];
  selection: Selection;
  desk: AlertDesk;
  reason: string | null;
}

/** The alerts of now under their headings, with the keyboard of a grid. */
export function AlertGrid({ lines, selection, desk, reason }: AlertGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  const [menuOf, setMenuOf] = useState<string | null>(null);
  const pending = useSyncExternalStore(desk.subscribe, desk.pending);
  const select = useSelect(selection, lines);
  const roving = useRoving({
    grid,
    lines,
    pageRows: () => Math.max(1, Math.floor((grid.current?.clientHeight ?? 0) / 64)),
    scrollTo: (index) => {
      const key = lines[index]?.key;
      if (grid.current && key !== undefined) rowElement(grid.current, key)?.scrollIntoView({ block: "nearest" });
    },
    nameOf: (line) => line.alert.summary,
    openMenu: setMenuOf,
    open: (key) => {
      const a = lines.find((l) => l.key === key)?.alert;
      if (a) navigate(a.container === "" ? SYSTEM_PATH : containerPath(`${a.engine}/${a.container}`));
    },
    select: select.roving,
  });
  useAlertKeys({ roving, lines, selection, desk, may: reason === null, openMenu: setMenuOf });
  const onClick = (e: MouseEvent) => {
    if (grid.current?.contains(e.target as HTMLElement)) select.onClick(e);
  };
  const sections = (["firing", "hushed", "pending"] as const).filter((s) => lines.some((l) => l.standing === s));
  return (
    <div
      ref={grid}
      role="grid"
      aria-label="Active alerts"
      aria-rowcount={lines.length}
      aria-multiselectable="true"
      className="min-h-0 flex-1 overflow-y-auto"
      data-page-scroll
      onKeyDown={roving.onKeyDown}
      onFocus={roving.onFocus}
      onBlur={roving.onBlur}
      onClick={onClick}
      onMouseDown={(e) => e.shiftKey && e.preventDefault()}
    >
      {sections.map((standing) => {
        const of = lines.filter((l) => l.standing === standing);
        return (
          <div role="rowgroup" key={standing} aria-label={TITLES[standing]} data-section={standing}>
            <div
              role="row"
              className="sticky top-0 z-10 border-b border-line bg-surface-0 px-4 py-1 text-sm text-text-2"
            >
              <span role="gridcell">
                {TITLES[standing]} <span className="text-text-3 tabular-nums">{of.length}</span>
              </span>
            </div>
            {of.map((line) => {
              const index = lines.indexOf(line);
              return (
                <AlertRow
                  key={line.key}
                  line={line}
                  index={index}
                  active={index === Math.max(0, roving.activeIndex)}
                  selection={selection}
                  desk={desk}
                  pending={pending.get(line.key)}
                  reason={reason}
                  menuOpen={menuOf === line.key}
                  onMenu={setMenuOf}
                />
              );
            })}
          </div>
        );
      })}
    </div>
  );
}
