import { Menu } from "@base-ui/react/menu";
import ChevronDown from "lucide-react/icons/chevron-down";
import type { MouseEvent } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../components/Button";
import { ALERTS_PATH, CONTAINERS_PATH } from "../components/routes";
import { FiringCount } from "./FiringCount";
import { goToContainers } from "./navigation";
import { DESTINATIONS, type Destination } from "./places";
import { routeOf } from "./route";

/** The ways to the pages: side by side where there is room, in a menu where there is not. */
export function Navigation() {
  const [path] = useLocation();
  const { page } = routeOf(path);
  const here = DESTINATIONS.find((d) => d.pages.includes(page));
  return (
    <>
      <nav aria-label="Pages" className="flex h-full shrink-0 items-stretch max-lg:hidden">
        {DESTINATIONS.map((d) => (
          <Link
            key={d.path}
            href={d.path}
            aria-current={d === here ? "page" : undefined}
            onClick={(e) => toTable(e, d)}
            className={`flex items-center border-b-2 px-2 -outline-offset-2 ${
              d === here ? "border-accent text-text-1" : "border-transparent text-text-2 hover:text-text-1"
            }`}
          >
            {d.name}
            {d.path === ALERTS_PATH && <FiringCount />}
          </Link>
        ))}
      </nav>
      <div className="lg:hidden">
        <Menu.Root modal={false}>
          <Menu.Trigger render={<Button tone="quiet" className="relative max-sm:px-1" />}>
            {here ? <span className="sr-only">Page: </span> : "Pages"}
            {here?.name}
            <FiringCount corner />
            <ChevronDown size={14} aria-hidden />
          </Menu.Trigger>
          <Menu.Portal>
            <Menu.Positioner side="bottom" align="start" sideOffset={6} className="z-50">
              <Menu.Popup className="qw-popup min-w-40 py-1">
                {DESTINATIONS.map((d) => (
                  <Menu.LinkItem
                    key={d.path}
                    className="qw-item min-h-8 aria-[current]:font-semibold"
                    aria-current={d === here ? "page" : undefined}
                    closeOnClick
                    render={<Link href={d.path} onClick={(e) => toTable(e, d)} />}
                  >
                    {d.name}
                    {d.path === ALERTS_PATH && <FiringCount />}
                  </Menu.LinkItem>
                ))}
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.Root>
      </div>
    </>
  );
}

/** To the table as it was left: a plain link would lose its filter. */
function toTable(e: MouseEvent, to: Destination): void {
  if (to.path !== CONTAINERS_PATH || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  goToContainers();
}
