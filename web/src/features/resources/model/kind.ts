/** What a list of images, volumes or networks is told about its kind. */
import type { ReactNode } from "react";

/** A line of such a list. The same object until something in it changes. */
export interface Row {
  /** ENGINE/ID, of a volume ENGINE/NAME. */
  readonly key: string;
  readonly engine: string;
  /** What people call it. */
  readonly name: string;
}

export interface Column<R extends Row> {
  readonly id: string;
  readonly label: string;
  /** What it means exactly, for the title of its head. */
  readonly title: string;
  /** Its least width in pixels, and its share of what is left. */
  readonly min: number;
  readonly grow: number;
  /** The order in which columns are given room; 0 is always there. */
  readonly rank: number;
  /** Figures stand at the right and sort from the greatest. */
  readonly numeric?: boolean;
  /** What it is sorted by; "" and NaN come last in either direction. */
  sortBy(row: R): string | number;
  cell(row: R): ReactNode;
}

/** A word of the filter that is true or false of a row: is:unused. */
export interface Flag<R extends Row> {
  readonly word: string;
  /** What it means, for the title of its button. */
  readonly title: string;
  test(row: R): boolean;
}

export interface Kind<R extends Row> {
  readonly id: "images" | "volumes" | "networks" | "projects";
  /** "image", "images", "Images". */
  readonly one: string;
  readonly many: string;
  readonly title: string;
  readonly columns: readonly Column<R>[];
  readonly flags: readonly Flag<R>[];
  /** Words with a colon: driver:bridge, project:shop, label:app=web. */
  readonly fields: Readonly<Record<string, (row: R) => readonly string[]>>;
  /** All that a plain word is looked for in. */
  text(row: R): readonly string[];
  path(row: R): string;
}

/** "1 image", "12 images". */
export function countText(kind: { readonly one: string; readonly many: string }, count: number): string {
  return count === 1 ? `1 ${kind.one}` : `${count} ${kind.many}`;
}
