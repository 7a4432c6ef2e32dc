import { useMemo } from "react";
import type { Container } from "../../api/types.gen";
import { baseWords, type CpuScale, coresOf } from "../../components/container/scale";
import type { Sight } from "../../components/filter/sight";
import { usePreference } from "../../components/preference";
import { type CpuBase, cpuBasePreference } from "../../components/preferences";
import { useEngines, useLive } from "../../store/hooks";

/** What CPU is percents of, for the head of a column. */
export const CPU_TITLES = {
  core: "CPU in percent of one core",
  host: "CPU in percent of the whole machine",
  limit: "CPU in percent of the container's limit, or of one core where it has none",
} as const;

export interface CpuView {
  readonly base: CpuBase;
  /** What percents of one core are multiplied by to be percents of the base. */
  scale(c: Container): number;
  /** What a container's percents are of, where that is not the same for all: "of its limit, 2 cores". */
  words(c: Container): string;
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
    const of = (c: Container): CpuScale => ({ base, cpus: byEngine.get(c.engine) ?? 0, cpuLimit: c.cpuLimit });
    const scale = base === "core" ? () => 1 : (c: Container) => 1 / coresOf(of(c));
    const words = base === "core" ? () => "" : (c: Container) => baseWords(of(c));
    return { base, scale, words };
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
