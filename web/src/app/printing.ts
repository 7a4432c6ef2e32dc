import { flushSync } from "react-dom";

/** Whether the page is being printed. What is drawn for it must be there when beforeprint returns. */
let printing = false;

export const printState = {
  get: (): boolean => printing,
  subscribe(fn: () => void): () => void {
    const set = (now: boolean) => () => {
      printing = now;
      flushSync(fn);
    };
    const before = set(true);
    const after = set(false);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  },
};
