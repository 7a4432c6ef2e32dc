import type { Container } from "../../api/types.gen";
import { formatExact, parseTime } from "../../components/format/time";

/** The facts of a container. */
export function Overview({ container: c }: { container: Container }) {
  const facts: [string, string][] = [
    ["Image", c.image],
    ["Command", c.command],
    ["Created", formatExact(parseTime(c.createdAt))],
    ["Restart policy", c.restartPolicy || "no"],
  ];
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 p-4">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-text-3">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
