import { useCallback, useEffect, useState } from "react";

function read(): string {
  return new URLSearchParams(location.search).get("q") ?? "";
}

/** The filter, which lives in the address as ?q=, so that a link carries it. */
export function useFilterQuery(): [string, (query: string) => void] {
  const [query, setQuery] = useState(read);
  useEffect(() => {
    const onPop = () => setQuery(read());
    window.addEventListener("popstate", onPop);
    return () => window.removeEventListener("popstate", onPop);
  }, []);
  const set = useCallback((next: string) => {
    setQuery(next);
    const url = new URL(location.href);
    if (next === "") url.searchParams.delete("q");
    else url.searchParams.set("q", next);
    // Replaced, not pushed: each keystroke as a step back would be a nuisance.
    history.replaceState(history.state, "", url);
  }, []);
  return [query, set];
}
