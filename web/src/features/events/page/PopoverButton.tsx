import { Popover } from "@base-ui/react/popover";
import ChevronDown from "lucide-react/icons/chevron-down";
import { type ReactNode, useState } from "react";
import { Button } from "../../../components/Button";

interface PopoverButtonProps {
  /** What the button says; shown to screen readers with what is chosen. */
  label: ReactNode;
  name: string;
  marked?: boolean;
  className?: string;
  onOpen?: () => void;
  children: (close: () => void) => ReactNode;
}

/** A button that opens a small form below it. */
export function PopoverButton({ label, name, marked = false, className = "", onOpen, children }: PopoverButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) onOpen?.();
      }}
    >
      <Popover.Trigger
        render={
          <Button tone={marked ? "plain" : "quiet"} className={`${marked ? "bg-accent-soft" : ""} ${className}`} />
        }
        aria-label={name}
      >
        {label}
        <ChevronDown size={12} aria-hidden className="text-text-3" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="start" sideOffset={6} collisionPadding={8} className="z-50">
          <Popover.Popup
            aria-label={name}
            className="qw-popup flex max-h-[min(var(--available-height),26rem)] w-72 max-w-(--available-width) flex-col overflow-y-auto"
          >
            {children(() => setOpen(false))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
