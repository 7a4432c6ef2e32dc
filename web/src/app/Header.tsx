import Activity from "lucide-react/icons/activity";
import Search from "lucide-react/icons/search";
import type { MouseEvent } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../components/Button";
import { KeysShown } from "../components/keysShown";
import { usePreference } from "../components/preference";
import { CONTAINERS_PATH, EVENTS_PATH } from "../components/routes";
import { ConnectionPill } from "../features/connection/ConnectionPill";
import { EngineSummary } from "../features/connection/EngineSummary";
import { feedPreference } from "../features/events/feedPreferences";
import { DisplayMenu } from "./DisplayMenu";
import { Mark } from "./Mark";
import { Navigation } from "./Navigation";
import { NoticeBell } from "./NoticeBell";
import { goToContainers } from "./navigation";
import { overlay } from "./overlay";

interface HeaderProps {
  /** Nobody is signed in: there is nothing to find, to read or to choose. */
  bare: boolean;
}

export function Header({ bare }: HeaderProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line bg-surface-1 px-3 max-sm:gap-1 max-sm:px-2">
      <Link
        href={CONTAINERS_PATH}
        className="flex items-center gap-2 rounded text-base font-semibold"
        title="Containers"
        onClick={home}
      >
        <Mark size={22} />
        <span className="max-sm:sr-only">Quaywatch</span>
      </Link>
      {!bare && <Navigation />}
      {!bare && <EngineSummary />}
      <span className="ms-auto flex min-w-0 items-center gap-1 max-sm:gap-0 sm:shrink-0">
        {!bare && <Tools />}
        <span className="ms-1 flex min-w-0">
          <ConnectionPill />
        </span>
      </span>
    </header>
  );
}

/** On the table already, the link would only lose its filter. */
function home(e: MouseEvent): void {
  if (location.pathname !== CONTAINERS_PATH || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  goToContainers();
}

function Tools() {
  const open = usePreference(feedPreference) === "open";
  // The page of all events has no feed beside it.
  const [path] = useLocation();
  return (
    <>
      <Button
        className="gap-2 text-text-2 max-2xl:border-transparent max-2xl:bg-transparent max-2xl:px-1.5"
        aria-haspopup="dialog"
        title="Find containers, actions, pages and settings"
        onClick={() => overlay.set("palette")}
      >
        <Search size={16} aria-hidden />
        <span className="pe-6 max-2xl:sr-only">Find and do…</span>
        <span aria-hidden className="max-2xl:hidden">
          <KeysShown keys="Mod+k" />
        </span>
      </Button>
      {path !== EVENTS_PATH && (
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
      )}
      <NoticeBell />
      <DisplayMenu />
    </>
  );
}
