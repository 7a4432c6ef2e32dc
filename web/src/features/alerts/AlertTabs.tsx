import { Link } from "wouter";
import { ALERT_TABS, type AlertTab, alertsPath } from "../../components/routes";

const WORDS: Record<AlertTab, string> = {
  active: "Active",
  history: "History",
  rules: "Rules",
  deliveries: "Deliveries",
};

interface AlertTabsProps {
  tab: AlertTab;
  /** How many fire or may soon. */
  active: number;
}

/** The parts of the page of alerts. Each has its own address, so they are links, not tabs. */
export function AlertTabs({ tab, active }: AlertTabsProps) {
  return (
    <nav aria-label="Parts of the alerts" className="-mx-2 flex gap-1 overflow-x-auto">
      {ALERT_TABS.map((part) => (
        <Link
          key={part}
          href={alertsPath(part)}
          aria-current={part === tab ? "page" : undefined}
          className={`border-b-2 px-2 py-1.5 whitespace-nowrap -outline-offset-2 ${
            part === tab ? "border-accent text-text-1" : "border-transparent text-text-2 hover:text-text-1"
          }`}
        >
          {WORDS[part]}
          {part === "active" && active > 0 && <span className="ms-1.5 text-text-3 tabular-nums">{active}</span>}
        </Link>
      ))}
    </nav>
  );
}
