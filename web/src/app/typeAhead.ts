/**
 * What is typed between asking for the palette and its being there. It must not
 * fall through to the page, where single keys stop containers; it is the
 * beginning of what is looked for.
 */
export interface TypedAhead {
  readonly text: string;
  /** Enter was pressed: the first that fits is meant. */
  readonly entered: boolean;
}

let text = "";
let entered = false;
let stop: () => void = () => {};

/** Begins to catch keys; onEscape is called when what was asked for is not wanted any more. */
export function catchKeys(onEscape: () => void): void {
  takeTyped();
  const onKey = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === "Escape") {
      takeTyped();
      onEscape();
    } else if (e.key === "Enter") entered = true;
    else if (e.key === "Backspace") text = text.slice(0, -1);
    else if (e.key.length === 1 && !entered) text += e.key;
  };
  window.addEventListener("keydown", onKey, { capture: true });
  stop = () => window.removeEventListener("keydown", onKey, { capture: true });
}

/** Ends the catching: whoever calls this has the focus now. */
export function takeTyped(): TypedAhead {
  stop();
  stop = () => {};
  const typed = { text, entered };
  text = "";
  entered = false;
  return typed;
}
