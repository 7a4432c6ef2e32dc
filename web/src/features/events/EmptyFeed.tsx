import { useEngines } from "../../store/hooks";

interface EmptyFeedProps {
  loaded: boolean;
  /** There are events, and none of them is wanted. */
  filtered: boolean;
}

/** Why the feed has nothing to show. Without an engine nobody can say that nothing has happened. */
export function EmptyFeed({ loaded, filtered }: EmptyFeedProps) {
  const engines = useEngines();
  return <p className="px-3 py-6 text-center text-sm text-text-2">{textOf()}</p>;

  function textOf(): string {
    if (!loaded) return "Waiting for events…";
    if (filtered) return "No event that fits the filter.";
    if (engines.every((e) => e.state !== "connected")) return "Events show here once an engine answers.";
    return "Nothing has happened yet. Start or stop a container, and it shows here.";
  }
}
