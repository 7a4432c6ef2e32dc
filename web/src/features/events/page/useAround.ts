import { useCallback, useEffect, useRef } from "react";
import type { PastView } from "../../../store/past/pastLog";
import { msOf, type PageRow } from "./rows";

/** Goes to the moment that is looked around, once its events are there. */
export function useAround(
  around: number | null,
  rows: readonly PageRow[],
  phase: PastView["phase"],
  go: (index: number) => void,
): void {
  const gone = useRef<number | null>(null);
  const latest = useRef(go);
  useEffect(() => {
    latest.current = go;
  });
  const find = useCallback((at: number) => rows.findIndex((r) => r.kind !== "end" && msOf(r) * 1000 <= at), [rows]);
  useEffect(() => {
    if (around === null) gone.current = null;
    if (around === null || gone.current === around || phase === "first") return;
    const index = find(around);
    if (index < 0) return;
    gone.current = around;
    latest.current(index);
  }, [around, find, phase]);
}
