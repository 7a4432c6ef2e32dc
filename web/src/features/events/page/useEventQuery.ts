import { useCallback, useMemo } from "react";
import { useSearch } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { EVENTS_PATH } from "../../../components/routes";
import { type EventQuery, queryOf, searchOf } from "./query";

/** A query that is another place (a saved filter, a moment) is a step that one can go back; a chip is not. */
export type SetQuery = (query: EventQuery, step?: boolean) => void;

/** The query, which lives in the address. */
export function useEventQuery(): [EventQuery, SetQuery] {
  const search = useSearch();
  const query = useMemo(() => queryOf(search), [search]);
  const set = useCallback<SetQuery>((next, step = false) => {
    const text = searchOf(next);
    try {
      navigate(text === "" ? EVENTS_PATH : `${EVENTS_PATH}?${text}`, { replace: !step });
    } catch {
      // WebKit allows a hundred in half a minute; the next one after that says the same.
    }
  }, []);
  return [query, set];
}
