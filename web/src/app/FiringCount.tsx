import { useFiring } from "../store/hooks";

/** How many alerts fire that nobody looks after; nothing while none does. In the corner it takes no room of its own. */
export function FiringCount({ corner = false }: { corner?: boolean }) {
  const [count, worst] = useFiring().split(" ");
  if (!count) return null;
  return (
    <span
      data-testid="firing"
      className={`min-w-4 rounded-full px-1 text-center text-xs/[16px] tabular-nums ${
        corner ? "absolute -end-1 -top-1" : "ms-1.5"
      } ${worst === "critical" ? "bg-bad text-on-accent" : "border border-line-strong bg-surface-2 text-text-1"}`}
    >
      {corner && Number(count) > 9 ? "9+" : count}
      <span className="sr-only"> {count === "1" ? "alert fires" : "alerts fire"}</span>
    </span>
  );
}
