import type { ComponentProps } from "react";
import { Button } from "../../components/Button";

interface ActButtonProps extends ComponentProps<typeof Button> {
  /** Why it can't be pressed, null where it can. It can be reached all the same, and says why. */
  reason: string | null;
}

export function ActButton({ reason, onClick, className = "", title, ...props }: ActButtonProps) {
  return (
    <Button
      {...props}
      className={`aria-disabled:opacity-50 ${className}`}
      aria-disabled={reason !== null || undefined}
      aria-description={reason ?? undefined}
      title={reason ?? title}
      onClick={(e) => reason === null && onClick?.(e)}
    />
  );
}
