/**
 * The keyboard: whoever is on screen binds keys, one listener hears them. A
 * leaf; the "?" sheet lists what is bound.
 */
import { useEffect, useRef } from "react";
import { singleKeysPreference } from "./preferences";

export interface KeyBinding {
  /**
   * One key as KeyboardEvent.key has it ("j", "?", "Delete", "Escape"), with
   * "Mod+" in front for Ctrl or ⌘, or two in a row with a space ("g c").
   */
  readonly keys: string;
  /** What it does, for the sheet: "Open the container". */
  readonly what: string;
  /** Where it stands in the sheet: "Table", "Go to", "Everywhere". */
  readonly group: string;
  /** Returns false when it had nothing to do, so that another binding may. */
  run(event: KeyboardEvent): boolean | undefined;
}

const bound: { current: readonly KeyBinding[] }[] = [];
const listeners = new Set<() => void>();
/** The first key of a sequence that has begun, and until when the second counts. */
let begun: { key: string; until: number } | null = null;
const SEQUENCE_MS = 1_200;

/** Binds keys for as long as the component is there. Later bindings come first. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const holder = useRef(bindings);
  useEffect(() => {
    holder.current = bindings;
  });
  useBound(holder);
}

/** A hook of its own: what ends the binding lives on, and would keep the bindings there were at first. */
function useBound(holder: { current: readonly KeyBinding[] }): void {
  useEffect(() => {
    bound.push(holder);
    for (const fn of listeners) fn();
    return () => {
      bound.splice(bound.indexOf(holder), 1);
      for (const fn of listeners) fn();
    };
  }, [holder]);
}

/** All that is bound now, for the sheet. */
export function boundKeys(): readonly KeyBinding[] {
  return bound.flatMap((b) => b.current);
}

/** Hears keys on the whole page until it is stopped. The shell calls it once. */
export function listenForKeys(target: EventTarget): () => void {
  const onKey = (e: Event) => handle(e as KeyboardEvent, Date.now());
  target.addEventListener("keydown", onKey);
  return () => target.removeEventListener("keydown", onKey);
}

function handle(e: KeyboardEvent, now: number): void {
  if (e.defaultPrevented || e.isComposing || e.altKey) return;
  const mod = e.ctrlKey || e.metaKey;
  // What is open above the page has keys of its own, and must not act on what it covers.
  if (!mod && inPopup(e.target)) return;
  if (!mod && (typesInto(e.target) || singleKeysPreference.get() === "off") && e.key !== "Escape") return;
  if (["Shift", "Control", "Meta", "Alt"].includes(e.key)) return;
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  const first = begun && begun.until > now ? begun.key : null;
  begun = null;
  if (first !== null && !mod && fire(`${first} ${key}`, e)) return;
  if (fire(mod ? `Mod+${key}` : key, e)) return;
  if (!mod && boundKeys().some((b) => b.keys.startsWith(`${key} `))) begun = { key, until: now + SEQUENCE_MS };
}

function fire(keys: string, e: KeyboardEvent): boolean {
  for (let i = bound.length - 1; i >= 0; i--) {
    for (const b of bound[i]?.current ?? []) {
      if (b.keys !== keys || b.run(e) === false) continue;
      e.preventDefault();
      return true;
    }
  }
  return false;
}

const POPUPS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

function inPopup(target: EventTarget | null): boolean {
  const popup = target instanceof Element ? target.closest(POPUPS) : null;
  // One on its way out has the focus for a moment longer.
  return popup !== null && !popup.hasAttribute("data-closed");
}

/** typesInto tells whether a key pressed there is text. */
export function typesInto(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}
