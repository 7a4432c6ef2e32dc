import { baseOf, coresText } from "../../components/container/scale";
import { type CpuBase, cpuBasePreference } from "../../components/preferences";
import { useScale } from "../../store/useScale";
import { Choice } from "./Choice";

/** What 100 % of CPU is. A base that can't be had here says why, and the one in use is marked. */
export function BaseChoice({ containerKey }: { containerKey: string }) {
  const scale = useScale(containerKey);
  const { cpus, cpuLimit } = scale;
  const options: { value: CpuBase; text: string; title: string; disabled: boolean }[] = [
    { value: "core", text: "One core", title: "CPU as percent of one core", disabled: false },
    {
      value: "host",
      text: "Host",
      title: cpus > 0 ? `CPU as percent of the host’s ${coresText(cpus)}` : "The host’s cores are not known",
      disabled: cpus <= 0,
    },
    {
      value: "limit",
      text: "Limit",
      title:
        cpuLimit === null ? "This container has no CPU limit" : `CPU as percent of its limit, ${coresText(cpuLimit)}`,
      disabled: cpuLimit === null,
    },
  ];
  return (
    <span className="flex items-center gap-2">
      <span className="text-sm text-text-3" aria-hidden>
        CPU of
      </span>
      <Choice
        legend="What CPU is measured against"
        options={options}
        value={baseOf(scale)}
        onChange={cpuBasePreference.set}
      />
    </span>
  );
}
