/**
 * Which jobs this tab has asked for, and which of their outcomes the user has
 * seen: kept over a reload of the page, which has another client id afterwards.
 */
const KEY = "quaywatch.jobs";
const KEPT = 50;

interface Remembered {
  readonly id: string;
  /** Its outcome was told. */
  told: boolean;
  /** Its outcome was put away. */
  closed: boolean;
}

export class OwnJobs {
  readonly #storage: Pick<Storage, "getItem" | "setItem"> | null;
  #jobs: Remembered[];

  constructor(storage: Pick<Storage, "getItem" | "setItem"> | null) {
    this.#storage = storage;
    this.#jobs = read(storage);
  }

  has(id: string): boolean {
    return this.#jobs.some((j) => j.id === id);
  }

  add(id: string): void {
    if (!this.has(id)) this.#jobs = [...this.#jobs, { id, told: false, closed: false }].slice(-KEPT);
    this.#save();
  }

  told(id: string): boolean {
    return this.#jobs.some((j) => j.id === id && j.told);
  }

  closed(id: string): boolean {
    return this.#jobs.some((j) => j.id === id && j.closed);
  }

  tell(id: string): void {
    for (const j of this.#jobs) if (j.id === id) j.told = true;
    this.#save();
  }

  close(id: string): void {
    for (const j of this.#jobs) if (j.id === id) j.closed = true;
    this.#save();
  }

  #save(): void {
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#jobs));
    } catch {
      // Storage is refused here: they are remembered as long as the page.
    }
  }
}

function read(storage: Pick<Storage, "getItem"> | null): Remembered[] {
  try {
    const list: unknown = JSON.parse(storage?.getItem(KEY) ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.flatMap((j: Partial<Remembered> | null) =>
      typeof j?.id === "string" ? [{ id: j.id, told: j.told === true, closed: j.closed === true }] : [],
    );
  } catch {
    return [];
  }
}
