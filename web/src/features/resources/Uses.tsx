import { usedText } from "./model/uses";

/** How many containers use it. */
export function Uses({ count }: { count: number }) {
  return <span className={count === 0 ? "qw-quiet" : ""}>{usedText(count)}</span>;
}
