import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { type ReactNode, useState } from "react";
import { announce } from "../Announcer";
import { copyText } from "../copyText";

interface CopyableProps {
  /** What is copied: "image id". */
  what: string;
  text: string;
  children: ReactNode;
}

/** A value with a button that copies it. */
export function Copyable({ what, text, children }: CopyableProps) {
  const [copied, setCopied] = useState(false);
  const onClick = async () => {
    const ok = await copyText(text);
    setCopied(ok);
    announce(ok ? `${what} copied` : "Could not copy: the browser refused the clipboard");
  };
  return (
    <span className="group/copy inline-flex max-w-full items-baseline gap-1">
      <span className="min-w-0 wrap-anywhere">{children}</span>
      <button
        type="button"
        aria-label={`Copy ${what}`}
        title={`Copy ${what}`}
        className="-my-0.5 inline-flex size-6 shrink-0 self-center items-center justify-center rounded text-text-3 opacity-60 group-hover/copy:opacity-100 hover:bg-surface-2 hover:text-text-1 focus-visible:opacity-100"
        onClick={onClick}
        onBlur={() => setCopied(false)}
      >
        {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      </button>
    </span>
  );
}
