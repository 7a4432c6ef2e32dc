import type { Column, Row } from "./kind";

export interface Order {
  readonly id: string;
  readonly desc: boolean;
}

/** Numbers are padded, so that web-2 stands before web-10. */
export function naturalKey(text: string): string {
  return text.toLowerCase().replace(/\d{1,12}/g, (digits) => digits.padStart(12, "0"));
}

/** Rows in an order without ties: what is not known comes last, and what is alike goes by its name. */
export function sorted<R extends Row>(rows: readonly R[], columns: readonly Column<R>[], order: Order): readonly R[] {
  const column = columns.find((c) => c.id === order.id) ?? columns[0];
  if (!column) return rows;
  const keyed = rows.map((row) => {
    const by = column.sortBy(row);
    return { row, by: typeof by === "string" ? naturalKey(by) : by, name: naturalKey(row.name) };
  });
  const way = order.desc ? -1 : 1;
  keyed.sort((a, b) => {
    const blank = Number(isBlank(a.by)) - Number(isBlank(b.by));
    if (blank !== 0) return blank;
    return (isBlank(a.by) ? 0 : way * compare(a.by, b.by)) || compare(a.name, b.name) || compare(a.row.key, b.row.key);
  });
  return keyed.map((k) => k.row);
}

function isBlank(by: string | number): boolean {
  return by === "" || Number.isNaN(by);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
