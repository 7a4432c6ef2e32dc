import CircleAlert from "lucide-react/icons/circle-alert";
import CircleCheck from "lucide-react/icons/circle-check";
import Info from "lucide-react/icons/info";
import type { NoticeTone } from "./notice";

const ICONS = { info: Info, good: CircleCheck, bad: CircleAlert } as const;
const TONES = { info: "text-text-3", good: "text-running", bad: "text-bad" } as const;
const WORDS = { info: "", good: "", bad: "Problem: " } as const;

export function NoticeIcon({ tone }: { tone: NoticeTone }) {
  const Icon = ICONS[tone];
  return (
    <>
      <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${TONES[tone]}`} />
      {WORDS[tone] !== "" && <span className="sr-only">{WORDS[tone]}</span>}
    </>
  );
}
