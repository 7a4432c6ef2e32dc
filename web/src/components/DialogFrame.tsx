import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";

interface DialogFrameProps {
  open: boolean;
  onClose: () => void;
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** The ground of a dialog: over everything, Esc and a click beside it leave. */
export function DialogFrame({ open, onClose, initialFocus, children }: DialogFrameProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-[var(--shade)]" />
        <Dialog.Popup
          {...(initialFocus && { initialFocus })}
          className="qw-popup fixed start-1/2 top-[15vh] z-50 max-h-[75vh] w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 overflow-auto p-4"
        >
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
