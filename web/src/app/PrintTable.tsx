import { useMemo } from "react";
import type { Container } from "../api/types.gen";
import { freshness } from "../components/container/freshness";
import { portViews } from "../components/container/ports";
import { isAlive, stateView } from "../components/container/stateView";
import { matches } from "../components/filter/filter";
import { parseFilter } from "../components/filter/parse";
import { DASH, formatBytes, quantityText, threeDigits } from "../components/format/quantity";
import { formatExact } from "../components/format/time";
import { usePreference } from "../components/preference";
import { unitsPreference } from "../components/preferences";
import { comparison } from "../features/containers/model/order";
import { CPU_TITLES, useCpuView, useEngineNames, useSight } from "../features/containers/useSight";
import { useLive } from "../store/hooks";

/** Beyond so many rows paper is the wrong place; the rest is counted. */
const MOST = 2_000;
const BY_NAME = comparison({ id: "name", desc: false });

/**
 * The table on paper: every row that passes the filter, not only those that are
 * drawn, as it is at this moment. It is there while the page is printed.
 */
export function PrintTable() {
  const { store } = useLive();
  const view = useCpuView();
  const sight = useSight(view, useEngineNames());
  const units = usePreference(unitsPreference);
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const found = useMemo(() => {
    const filter = parseFilter(query);
    const all = store.view().containers.entries.map((e) => e.container);
    return all.filter((c) => matches(c, filter, sight)).sort(BY_NAME);
  }, [store, query, sight]);
  const cpu = (c: Container) => {
    const tick = (store.view().server?.sampleSeconds || 1) * 1000;
    const fresh = isAlive(c) && freshness(store.metrics.age(c.row) ?? Number.NaN, tick) !== "lost";
    const percent = fresh ? sight.cpuPercent(c) : Number.NaN;
    return Number.isNaN(percent) ? DASH : `${threeDigits(percent)} %`;
  };
  const memory = (c: Container) => {
    const used = isAlive(c) ? store.metrics.read(c.row, "mem") : null;
    return quantityText(formatBytes(used ?? Number.NaN, units));
  };
  const rest = found.length - MOST;
  return (
    <table className="qw-print hidden print:table">
      <caption>
        {found.length} containers{query !== "" && ` that match ${query}`} · {formatExact(store.serverNow())} ·{" "}
        {CPU_TITLES[view.base]}
      </caption>
      <thead>
        <tr>
          {["Name", "Project", "Image", "State", "Health"].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          <th scope="col" data-num>
            CPU
          </th>
          <th scope="col" data-num>
            Memory
          </th>
          <th scope="col">Ports</th>
        </tr>
      </thead>
      <tbody>
        {found.slice(0, MOST).map((c) => (
          <tr key={`${c.engine}/${c.id}`}>
            <th scope="row">{c.name}</th>
            <td>{c.project || "—"}</td>
            <td>{c.image}</td>
            <td>{stateView(c).word}</td>
            <td>{c.health === "none" || c.state !== "running" ? "—" : c.health}</td>
            <td data-num>{cpu(c)}</td>
            <td data-num>{memory(c)}</td>
            <td>{portText(c)}</td>
          </tr>
        ))}
        {rest > 0 && (
          <tr>
            <td colSpan={8}>and {rest} more</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function portText(c: Container): string {
  const ports = portViews(c, location.hostname).map((p) => p.text);
  return ports.length === 0 ? "—" : ports.join(", ");
}
