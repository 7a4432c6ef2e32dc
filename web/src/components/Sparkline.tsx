import { useEffect, useRef } from "react";

interface SparklineProps {
  /** Oldest first; NaN is a gap. */
  values: readonly number[];
  width: number;
  height: number;
  /** What the picture says, in words. */
  label: string;
}

/** A small line on a canvas: 1.5 px, its ground filled faintly, gaps left open. */
export function Sparkline({ values, width, height, label }: SparklineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, values, width, height);
  }, [values, width, height]);
  return <canvas ref={canvas} className="block text-accent" style={{ width, height }} role="img" aria-label={label} />;
}

function draw(el: HTMLCanvasElement, values: readonly number[], width: number, height: number): void {
  const ratio = window.devicePixelRatio || 1;
  el.width = Math.round(width * ratio);
  el.height = Math.round(height * ratio);
  const g = el.getContext("2d");
  if (!g) return;
  g.scale(ratio, ratio);
  const top = Math.max(1, ...values.filter((v) => !Number.isNaN(v)));
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (v: number) => height - 1.5 - (v / top) * (height - 4);
  const color = getComputedStyle(el).color;
  g.strokeStyle = color;
  g.fillStyle = color;
  g.lineWidth = 1.5;
  g.lineJoin = "round";
  let from = 0;
  while (from < values.length) {
    while (from < values.length && Number.isNaN(values[from])) from++;
    let to = from;
    while (to < values.length && !Number.isNaN(values[to])) to++;
    if (to > from) stroke(g, values.slice(from, to), from * step, step, y, height);
    from = to;
  }
}

function stroke(
  g: CanvasRenderingContext2D,
  run: readonly number[],
  x0: number,
  step: number,
  y: (v: number) => number,
  height: number,
): void {
  const line = new Path2D();
  run.forEach((v, i) => {
    if (i === 0) line.moveTo(x0, y(v));
    else line.lineTo(x0 + i * step, y(v));
  });
  g.stroke(line);
  const area = new Path2D(line);
  area.lineTo(x0 + (run.length - 1) * step, height);
  area.lineTo(x0, height);
  g.globalAlpha = 0.1;
  g.fill(area);
  g.globalAlpha = 1;
}
