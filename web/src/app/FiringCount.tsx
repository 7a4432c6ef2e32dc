import { useFiring } from "../store/hooks";

/** How many alerts fire that nobody looks after; nothing while none does. */
export function FiringCount() {
  const [count, worst] = useFiring().split(" ");
  if (!count) return null;
  return (
    <span
      data-testid="firing"
      className={`ms-1.5 min-w-4 rounded-full px-1 text-center text-xs/[16px] tabular-nums ${
        worst === "critical" ? "bg-bad text-on-accent" : "bg-surface-2 text-text-1"
      }`}
    >
      {count}
      <span className="sr-only"> firing</span>
    </span>
  );
}
