import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

interface TipProps {
  /** What is explained. */
  text: ReactNode;
  /** The element it explains; it must accept a ref and DOM props. */
  children: ReactElement<Record<string, unknown>>;
}

/** An explanation on hover and on focus. */
export function Tip({ text, children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="qw-popup max-w-72 px-2 py-1.5 text-sm">{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
