import { useEffect, useRef } from "react";
import { useScale } from "../../store/useScale";
import type { Deck } from "./deck";
import { type ChartSpec, ofWords } from "./model/specs";

interface ChartCardProps {
  spec: ChartSpec;
  deck: Deck;
  containerKey: string;
}

/** One chart: its current values in words beside the title, the picture, and its numbers below. Written by the deck. */
export function ChartCard({ spec, deck, containerKey }: ChartCardProps) {
  const scale = useScale(containerKey);
  const host = useRef<HTMLDivElement>(null);
  const figure = useRef<HTMLDivElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const summary = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!host.current || !figure.current || !values.current || !summary.current) return;
    return deck.attach(spec, {
      host: host.current,
      figure: figure.current,
      values: [...values.current.querySelectorAll<HTMLElement>("[data-value]")],
      summary: summary.current,
    });
  }, [deck, spec]);
  const of = ofWords(spec.id, scale);
  return (
    <section className="min-w-0" aria-label={spec.title} data-chart={spec.id}>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="font-semibold">{spec.title}</h2>
        <span ref={values} className="flex flex-wrap items-baseline gap-x-3 text-text-2">
          {spec.lines.map((line, i) => (
            <span key={line.column} className="whitespace-nowrap">
              {line.label !== "" && (
                <>
                  <span className="qw-swatch" data-line={i} aria-hidden />
                  <span className="text-sm">{line.label} </span>
                </>
              )}
              <span data-value={line.column} className="inline-block min-w-[6ch] text-text-1" />
            </span>
          ))}
        </span>
        {of !== "" && <span className="text-sm text-text-3">{of}</span>}
      </div>
      <div ref={figure} role="img" className="mt-1">
        <div ref={host} className="qw-plot" aria-hidden />
      </div>
      <p ref={summary} className="ps-[62px] text-xs whitespace-pre-wrap text-text-3" data-summary />
    </section>
  );
}
