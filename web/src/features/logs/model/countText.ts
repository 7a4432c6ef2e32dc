/** A count with its thousands apart: 12,500. Not by the browser's locale, which may be one that Intl refuses. */
export function countText(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 line", "12,500 lines". */
export function linesText(n: number): string {
  return `${countText(n)} ${n === 1 ? "line" : "lines"}`;
}
