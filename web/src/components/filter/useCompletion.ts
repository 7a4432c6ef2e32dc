import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { type ALL_WORDS, accept, type Completion, complete, type Seen, type Suggestion } from "./complete";

interface CompletionOptions {
  input: RefObject<HTMLInputElement | null>;
  query: string;
  seen: () => Seen;
  /** The words to begin with, where not all of them make sense. */
  offered?: typeof ALL_WORDS;
  onChange: (query: string) => void;
}

/** The list under the filter: what it holds, which of it is chosen, and what the keys do with it. */
export interface OpenCompletion {
  readonly open: boolean;
  readonly suggestions: readonly Suggestion[];
  /** The chosen one; -1 for none. */
  readonly active: number;
  /** Told after each change by hand. */
  typed(query: string, caret: number): void;
  /** Takes a key, and tells whether it was for the list. */
  onKeyDown(e: KeyboardEvent): boolean;
  choose(suggestion: Suggestion): void;
  close(): void;
}

const CLOSED: Completion = { start: 0, end: 0, suggestions: [] };

export function useCompletion({ input, query, seen, offered, onChange }: CompletionOptions): OpenCompletion {
  const [found, setFound] = useState(CLOSED);
  const [active, setActive] = useState(-1);
  const caret = useRef<number | null>(null);

  // After what was chosen the caret goes on, not to the end of all.
  useLayoutEffect(() => {
    if (caret.current === null || input.current?.value !== query) return;
    input.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const look = (text: string, at: number) => {
    const next = complete(text, at, seen(), offered);
    const [only] = next.suggestions;
    // Nothing to add to what stands there already.
    const done = next.suggestions.length === 1 && only?.text === text.slice(next.start, next.end);
    setFound(done ? CLOSED : next);
    setActive(-1);
  };
  const close = () => {
    setFound(CLOSED);
    setActive(-1);
  };
  const choose = (suggestion: Suggestion) => {
    const next = accept(query, found, suggestion);
    caret.current = next.caret;
    onChange(next.query);
    if (suggestion.whole) close();
    else look(next.query, next.caret);
  };

  const { suggestions } = found;
  const open = suggestions.length > 0;
  const step = (by: number) =>
    setActive((was) => (Math.max(was, by > 0 ? -1 : 0) + by + suggestions.length) % suggestions.length);

  /** Tab takes the first where none is chosen, Enter only what is. */
  const take = (e: KeyboardEvent): boolean => {
    const suggestion = suggestions[active] ?? (e.key === "Tab" ? suggestions[0] : undefined);
    if (suggestion && !e.shiftKey) {
      choose(suggestion);
      return true;
    }
    close();
    return false;
  };

  const onKeyDown = (e: KeyboardEvent): boolean => {
    if (!open) {
      const asked = (e.key === "ArrowDown" && e.altKey) || (e.key === " " && e.ctrlKey);
      if (asked) look(query, input.current?.selectionStart ?? query.length);
      return asked;
    }
    if (e.key === "Tab" || e.key === "Enter") return take(e);
    if (e.key === "ArrowDown") step(1);
    else if (e.key === "ArrowUp") step(-1);
    else if (e.key === "Escape") close();
    else return false;
    return true;
  };

  const typed = (text: string, at: number) => (text.trim() === "" ? close() : look(text, at));
  return { open, suggestions, active, typed, onKeyDown, choose, close };
}
