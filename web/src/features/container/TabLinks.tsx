import { Link } from "wouter";
import { CONTAINER_TABS, type ContainerTab, containerPath } from "../../components/routes";
import type { Moment } from "../../lib/moment";

const WORDS: Record<ContainerTab, string> = {
  overview: "Overview",
  charts: "Charts",
  logs: "Logs",
  terminal: "Terminal",
  events: "Events",
  inspect: "Inspect",
};

interface TabLinksProps {
  containerKey: string;
  name: string;
  tab: ContainerTab;
  moment: Moment | null;
}

/** The parts of a container's view. Each has its own address, so they are links, not tabs; a moment goes along. */
export function TabLinks({ containerKey, name, tab, moment }: TabLinksProps) {
  return (
    <nav aria-label={`Parts of ${name}`} className="-mx-2 mt-1 flex gap-1 overflow-x-auto">
      {CONTAINER_TABS.map((part) => (
        <Link
          key={part}
          href={containerPath(containerKey, part, moment?.time)}
          aria-current={part === tab ? "page" : undefined}
          className={`border-b-2 px-2 py-1.5 whitespace-nowrap -outline-offset-2 ${
            part === tab ? "border-accent text-text-1" : "border-transparent text-text-2 hover:text-text-1"
          }`}
        >
          {WORDS[part]}
        </Link>
      ))}
    </nav>
  );
}
