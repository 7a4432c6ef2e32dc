import { useMemo, useRef } from "react";
import type { Scale } from "../components/container/scale";
import { usePreference } from "../components/preference";
import { cpuBasePreference, unitsPreference } from "../components/preferences";
import { useEngines, useLiveContainer } from "./hooks";

/** What a container's numbers are measured against: the user's choice, the machine, and its limits. */
export function useScale(containerKey: string): Scale {
  const base = usePreference(cpuBasePreference);
  const units = usePreference(unitsPreference);
  const now = useLiveContainer(containerKey)?.container;
  // One that is gone is measured as it was.
  const last = useRef(now);
  if (now) last.current = now;
  const c = now ?? last.current;
  const cpus = useEngines().find((e) => e.id === c?.engine)?.cpus ?? 0;
  const cpuLimit = c?.cpuLimit ?? null;
  const memoryLimit = c?.memoryLimitBytes ?? null;
  return useMemo(() => ({ base, units, cpus, cpuLimit, memoryLimit }), [base, units, cpus, cpuLimit, memoryLimit]);
}
