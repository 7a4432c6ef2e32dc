import type { ComponentProps } from "react";

interface ButtonProps extends ComponentProps<"button"> {
  /** primary is for a page's one main action; quiet has no ground until it is hovered. */
  tone?: "plain" | "primary" | "quiet";
}

const TONES = {
  plain: "border border-line-strong bg-surface-1 hover:bg-surface-2",
  primary: "border border-accent bg-accent text-on-accent hover:opacity-90",
  quiet: "border border-transparent text-text-2 hover:bg-surface-2 hover:text-text-1 data-popup-open:bg-surface-2",
} as const;

export function Button({ tone = "plain", className = "", type = "button", ...props }: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded px-2 text-sm whitespace-nowrap disabled:opacity-50 ${TONES[tone]} ${className}`}
      {...props}
    />
  );
}
