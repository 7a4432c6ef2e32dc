import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useState } from "react";
import { announce } from "./Announcer";
import { Button } from "./Button";
import { copyText } from "./copyText";

interface CopyButtonProps {
  label: string;
  /** Called when it is pressed, so that what is copied is of that moment. */
  text: () => string;
  className?: string;
}

export function CopyButton({ label, text, className = "" }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const onClick = async () => {
    const ok = await copyText(text());
    setCopied(ok);
    announce(ok ? "Copied" : "Could not copy: the browser refused the clipboard");
  };
  return (
    <Button className={className} onClick={onClick} onBlur={() => setCopied(false)}>
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      {copied ? "Copied" : label}
    </Button>
  );
}
