import { Menu } from "@base-ui/react/menu";
import BellOff from "lucide-react/icons/bell-off";
import { Button } from "../../../components/Button";
import { SNOOZES } from "../model/words";

interface SnoozeMenuProps {
  /** What is snoozed, for those who don't see it. */
  label: string;
  reason: string | null;
  tabIndex?: number;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSnooze: (seconds: number) => void;
  onCustom: () => void;
}

/** For how long nobody shall be told. */
export function SnoozeMenu(props: SnoozeMenuProps) {
  const { label, reason, tabIndex, open, onOpenChange, onSnooze, onCustom } = props;
  return (
    <Menu.Root open={open} onOpenChange={(next) => onOpenChange(next && reason === null)} modal={false}>
      <Menu.Trigger
        render={
          <Button
            tabIndex={tabIndex}
            className="aria-disabled:opacity-50"
            aria-label={`Snooze ${label}`}
            aria-disabled={reason !== null || undefined}
            aria-description={reason ?? undefined}
            title={reason ?? "Tell nobody for a while"}
          />
        }
      >
        <BellOff size={14} aria-hidden />
        Snooze
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="qw-popup min-w-44 py-1" aria-label={`Snooze ${label}`}>
            {SNOOZES.map((s) => (
              <Menu.Item key={s.label} className="qw-item min-h-8" onClick={() => onSnooze(s.seconds(Date.now()))}>
                {s.label}
              </Menu.Item>
            ))}
            <Menu.Item className="qw-item min-h-8" onClick={onCustom}>
              Custom…
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
