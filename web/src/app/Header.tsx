import Activity from "lucide-react/icons/activity";
import { Button } from "../components/Button";
import { usePreference } from "../components/preference";
import { ConnectionPill } from "../features/connection/ConnectionPill";
import { EngineSummary } from "../features/connection/EngineSummary";
import { feedPreference } from "../features/events/feedPreferences";
import { DisplayMenu } from "./DisplayMenu";
import { Mark } from "./Mark";

export function Header() {
  const open = usePreference(feedPreference) === "open";
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line bg-surface-1 px-3">
      <span className="flex items-center gap-2 text-base font-semibold">
        <Mark size={22} />
        <span className="max-sm:sr-only">Quaywatch</span>
      </span>
      <EngineSummary />
      <span className="ms-auto flex min-w-0 items-center gap-1">
        <Button
          tone="quiet"
          className={`px-1.5 ${open ? "bg-accent-soft text-text-1" : ""}`}
          aria-label="Events"
          aria-pressed={open}
          title={open ? "Hide events" : "Show events"}
          onClick={() => feedPreference.set(open ? "closed" : "open")}
        >
          <Activity size={16} aria-hidden />
        </Button>
        <DisplayMenu />
        <span className="ms-1 flex min-w-0">
          <ConnectionPill />
        </span>
      </span>
    </header>
  );
}
