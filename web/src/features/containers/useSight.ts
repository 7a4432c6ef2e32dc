import { useMemo } from "react";
import type { Container } from "../../api/types.gen";
import { usePreference } from "../../components/preference";
import { type CpuBase, cpuBasePreference } from "../../components/preferences";
import { useEngines, useLive } from "../../store/hooks";
import type { Sight } from "./filter/sight";

export interface CpuView {
  readonly base: CpuBase;
  /** What percents of one core are multiplied by to be percents of the base. */
  scale(c: Container): number;
}

/** CPU as the settings want it shown, the same object until they or the engines' sizes change. */
export function useCpuView(): CpuView {
  const base = usePreference(cpuBasePreference);
  const cores = useEngines()
    .map((e) => `${e.id} ${e.cpus}`)
    .join("\n");
  return useMemo(() => {
    const byEngine = new Map(
      cores.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), Number(line.slice(line.indexOf(" ") + 1))]),
    );
    const ofHost = (c: Container) => 1 / (byEngine.get(c.engine) || 1);
    const scale = {
      core: () => 1,
      host: ofHost,
      limit: (c: Container) => (c.cpuLimit === null ? ofHost(c) : 1 / c.cpuLimit),
    }[base];
    return { base, scale };
  }, [base, cores]);
}

/** What the filter looks at beside the containers; the same object until the way of showing changes. */
export function useSight(cpu: CpuView, engineNames: ReadonlyMap<string, string>): Sight {
  const { store } = useLive();
  return useMemo(
    () => ({
      metrics: store.metrics,
      now: store.serverNow,
      cpuPercent: (c) => ((store.metrics.read(c.row, "cpu") ?? Number.NaN) / 100) * cpu.scale(c),
      engineName: (id) => engineNames.get(id) ?? id,
    }),
    [store, cpu, engineNames],
  );
}

/** The engines' names by their ids, the same map until one of them changes. */
export function useEngineNames(): ReadonlyMap<string, string> {
  const text = useEngines()
    .map((e) => `${e.id} ${e.name}`)
    .join("\n");
  return useMemo(() => {
    const lines = text.split("\n").filter((line) => line !== "");
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
  }, [text]);
}
