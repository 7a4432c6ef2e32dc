import { useState } from "react";
import { Button } from "../../components/Button";
import { formatDuration } from "../../components/format/duration";
import { quantityText } from "../../components/format/quantity";
import type { Deck } from "./deck";
import { clockIn } from "./model/readout";
import { type ChartSpec, ofWords, quantityOf } from "./model/specs";
import { tableOf } from "./model/table";

const ROWS = 30;

/** The charts as numbers. It stands still until it is asked to be read anew: a table that changes can't be read out. */
export function DataTable({ deck, charts }: { deck: Deck; charts: readonly ChartSpec[] }) {
  const [picture, setPicture] = useState(deck.picture);
  if (!picture) return null;
  const { scale } = deck;
  const rows = tableOf(picture, charts, scale, ROWS);
  const columns = charts.flatMap((c) => c.lines.map((l) => ({ chart: c, line: l })));
  return (
    <section className="border-t border-line p-4" aria-label="The charts as a table">
      <div className="flex flex-wrap items-center gap-3 pb-2 text-sm text-text-2">
        <span>
          {clockIn(picture, picture.from)} to {clockIn(picture, picture.to)}, the mean of each{" "}
          {seconds(picture.to - picture.from)}
        </span>
        <Button onClick={() => setPicture(deck.picture)}>Read anew</Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard */}
      <section className="overflow-x-auto" tabIndex={0} aria-label="Numbers, scrolls sideways">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line-strong text-text-2">
              <th scope="col" className="py-1 pe-4 text-start font-normal">
                From
              </th>
              {columns.map(({ chart, line }) => (
                <th key={line.column} scope="col" className="py-1 ps-4 text-end font-normal">
                  {chart.title} {line.label}
                  <span className="block text-xs text-text-3">{ofWords(chart.id, scale)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.from} className="border-b border-line">
                <th scope="row" className="py-0.5 pe-4 text-start font-normal whitespace-nowrap text-text-2">
                  {clockIn(picture, row.from)}
                </th>
                {columns.map(({ chart, line }, i) => (
                  <td key={line.column} className="py-0.5 ps-4 text-end whitespace-nowrap">
                    {quantityText(quantityOf(chart.id, row.cells[i] ?? Number.NaN, scale))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function seconds(ms: number): string {
  const s = ms / ROWS / 1000;
  return s < 600 ? `${Number(s.toFixed(1))} s` : formatDuration(s * 1000);
}
