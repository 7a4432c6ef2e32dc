import { useCallback, useEffect, useRef, useState } from "react";

function read(): string {
  return new URLSearchParams(location.search).get("q") ?? "";
}

/**
 * The filter, which lives in the address as ?q=, so that a link carries it. The
 * table keeps its own while another page is shown, and puts it back; a list that
 * is made anew is told its own from before.
 */
export function useFilterQuery(before = ""): [string, (query: string) => void] {
  const [query, setQuery] = useState(() => read() || before);
  const latest = useRef(query);
  const set = useCallback((next: string) => {
    latest.current = next;
    setQuery(next);
    write(next);
  }, []);
  useEffect(() => {
    const onPop = () => {
      latest.current = read();
      setQuery(latest.current);
    };
    // Shown again: what the address says counts, and what it does not say is as it was.
    if (read() !== "") onPop();
    else if (latest.current !== "") write(latest.current);
    window.addEventListener("popstate", onPop);
    return () => window.removeEventListener("popstate", onPop);
  }, []);
  return [query, set];
}

function write(query: string): void {
  const url = new URL(location.href);
  if (query === "") url.searchParams.delete("q");
  else url.searchParams.set("q", query);
  try {
    // Replaced, not pushed: each keystroke as a step back would be a nuisance.
    history.replaceState(history.state, "", url);
  } catch {
    // WebKit allows a hundred in half a minute; the next one after that says the same.
  }
}
