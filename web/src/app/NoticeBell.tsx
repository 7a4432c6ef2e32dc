import { Popover } from "@base-ui/react/popover";
import Bell from "lucide-react/icons/bell";
import { Suspense, useSyncExternalStore } from "react";
import { Button } from "../components/Button";
import { noticeList } from "../components/notice";
import { lazyPart } from "./lazyPart";
import { OverlayBoundary } from "./OverlayBoundary";
import { overlay } from "./overlay";

const NoticeCentre = lazyPart(() => import("./NoticeCentre").then((m) => m.NoticeCentre));

function unread(): number {
  return noticeList.get().reduce((n, notice) => n + Number(!notice.read), 0);
}

/** How much there is that was not read; opens the notification centre. */
export function NoticeBell() {
  const count = useSyncExternalStore(noticeList.subscribe, unread);
  const open = useSyncExternalStore(overlay.subscribe, overlay.get) === "notices";
  return (
    <Popover.Root open={open} onOpenChange={(next) => overlay.set(next ? "notices" : null)}>
      <Popover.Trigger
        render={
          <Button
            tone="quiet"
            className="relative px-1.5"
            aria-label={count === 0 ? "Notifications" : `Notifications, ${count} unread`}
            title="Notifications"
          />
        }
      >
        <Bell size={16} aria-hidden />
        {count > 0 && (
          <span
            aria-hidden
            data-testid="unread"
            className="absolute -end-0.5 -top-0.5 min-w-4 rounded-full bg-accent px-1 text-center text-xs/[16px] text-on-accent"
          >
            {count > 9 ? "9+" : count}
          </span>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="end" sideOffset={6} collisionPadding={8} className="z-50">
          <Popover.Popup
            aria-label="Notifications"
            className="qw-popup flex max-h-(--available-height) min-h-32 w-96 max-w-(--available-width) flex-col"
          >
            <OverlayBoundary>
              <Suspense fallback={null}>
                <NoticeCentre />
              </Suspense>
            </OverlayBoundary>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
