/**
 * Notices: what the page has to tell that is not a value in a table. Each is
 * shown as a toast and kept in the notification centre. A leaf: anybody may
 * call notify, the shell draws.
 */
export type NoticeTone = "info" | "good" | "bad";

export interface NoticeAction {
  readonly label: string;
  run(): void;
}

export interface Notice {
  readonly id: number;
  /** Notices with the same key replace one another: progress, the outcome of a job. */
  readonly key: string | undefined;
  readonly tone: NoticeTone;
  readonly title: string;
  readonly text: string;
  readonly action: NoticeAction | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  readonly read: boolean;
  /** Whether it is still shown as a toast. Errors are until they are closed. */
  readonly toast: boolean;
}

export interface NoticeOptions {
  readonly key?: string;
  readonly tone?: NoticeTone;
  readonly title: string;
  readonly text?: string;
  readonly action?: NoticeAction;
}

/** The centre keeps so many; the oldest go first. */
export const NOTICES_KEPT = 100;

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  for (const fn of [...listeners]) fn();
}

function patch(id: number, change: Partial<Notice>): void {
  set(notices.map((n) => (n.id === id ? { ...n, ...change } : n)));
}

/** Newest first. */
export const noticeList = {
  get: (): readonly Notice[] => notices,
  subscribe(fn: () => void): () => void {
    listeners.add(fn);
    return () => listeners.delete(fn);
  },
};

/** Tells the user something; returns the notice's id. */
export function notify(options: NoticeOptions): number {
  const id = ++lastId;
  const { key, tone = "info", title, text = "", action } = options;
  const notice: Notice = { id, key, tone, title, text, action, at: Date.now(), read: false, toast: true };
  set([notice, ...notices.filter((n) => key === undefined || n.key !== key)].slice(0, NOTICES_KEPT));
  return id;
}

/** Takes the toast away; the notice stays in the centre. */
export function closeToast(id: number): void {
  patch(id, { toast: false });
}

/** Takes a notice away, also from the centre: what it told of is no news to anybody any more. */
export function withdraw(key: string): void {
  if (notices.some((n) => n.key === key)) set(notices.filter((n) => n.key !== key));
}

/** What a notice told of is over: the centre says so, quietly, and no toast does. */
export function settle(key: string, now: Pick<Notice, "tone" | "title" | "text">): void {
  if (notices.some((n) => n.key === key)) {
    set(notices.map((n) => (n.key === key ? { ...n, ...now, toast: false } : n)));
  }
}

export function readNotices(): void {
  set(notices.map((n) => (n.read ? n : { ...n, read: true })));
}

export function clearNotices(): void {
  set([]);
}
