import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";

interface DialogFrameProps {
  open: boolean;
  onClose: () => void;
  initialFocus?: RefObject<HTMLElement | null>;
  /** For forms with many fields: more room in both directions. */
  wide?: boolean;
  children: ReactNode;
}

/** The ground of a dialog: over everything, Esc and a click beside it leave. */
export function DialogFrame({ open, onClose, initialFocus, wide = false, children }: DialogFrameProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-[var(--shade)]" />
        <Dialog.Popup
          {...(initialFocus && { initialFocus })}
          className={`qw-popup fixed start-1/2 z-50 -translate-x-1/2 overflow-auto p-4 ${
            wide
              ? "top-[6vh] max-h-[88vh] w-[min(44rem,calc(100vw-1rem))]"
              : "top-[15vh] max-h-[75vh] w-[min(30rem,calc(100vw-2rem))]"
          }`}
        >
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
