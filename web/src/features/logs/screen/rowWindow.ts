/** The rows that are on the page: a window on all of them, in the order of the document. */
import { element } from "./lineBody";
import { RowView } from "./rowView";

export class RowWindow {
  readonly el: HTMLElement;
  #rows: RowView[] = [];

  constructor(el: HTMLElement) {
    this.el = el;
  }

  get rows(): readonly RowView[] {
    return this.#rows;
  }

  /**
   * Shows the lines with these ids: a row that shows one already keeps it, the
   * others are taken anew. Returns whether none was kept.
   */
  arrange(ids: readonly number[]): boolean {
    const wanted = new Set(ids);
    const kept = new Map<number, RowView>();
    const free: RowView[] = [];
    for (const row of this.#rows) {
      if (wanted.has(row.id)) kept.set(row.id, row);
      else free.push(row);
    }
    // What is scrolled out at the top comes in again at the bottom: the others stay in place.
    if (kept.size > 0) {
      for (const row of this.#rows) {
        if (kept.has(row.id)) break;
        this.el.append(row.el);
      }
    }
    let cursor = this.el.firstElementChild;
    const next: RowView[] = [];
    for (const id of ids) {
      const row = kept.get(id) ?? free.shift() ?? new RowView();
      if (row.el === cursor) cursor = cursor.nextElementSibling;
      else this.el.insertBefore(row.el, cursor);
      next.push(row);
    }
    for (const row of free) row.el.remove();
    this.#rows = next;
    return kept.size === 0 && ids.length > 0;
  }

  /** The id of the line that a node belongs to, 0 for none. */
  idOf(node: Node | null): number {
    const el = node instanceof Element ? node : (node?.parentElement ?? null);
    const row = el?.closest<HTMLElement>(".ql-row");
    return row && this.el.contains(row) ? Number(row.dataset["id"] ?? 0) : 0;
  }

  /** How wide a character is, in pixels. */
  characterWidth(): number {
    const probe = element("span", "ql-probe");
    probe.textContent = "0".repeat(100);
    this.el.append(probe);
    const { width } = probe.getBoundingClientRect();
    probe.remove();
    return width > 0 ? width / 100 : 7;
  }
}
