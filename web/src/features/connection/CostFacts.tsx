import type { ServerStatus } from "../../api/types.gen";
import { formatBytes, quantityText, threeDigits } from "../../components/format/quantity";
import { Facts } from "./Facts";

const percent = (p: number | null) => (p === null ? "—" : p === 0 ? "0 %" : `${threeDigits(p)} %`);

/** What it costs the machine that somebody looks. */
export function CostFacts({ server }: { server: ServerStatus }) {
  return (
    <Facts
      title="What watching costs"
      facts={[
        ["Own CPU", percent(server.cpuPercent), "What Quaywatch itself takes, of one core"],
        ["Memory", quantityText(formatBytes(server.memoryBytes ?? Number.NaN))],
        ["Engine CPU", percent(server.engineCpuPercent), "What Quaywatch causes in the engine, of one core"],
        ["Sampling", `${server.sampleSeconds} s / ${server.sampleRestSeconds} s`, "Containers on screen / all others"],
      ]}
    />
  );
}
