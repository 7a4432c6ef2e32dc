import type { AlertSeverity } from "../../api/types.gen";
import { SeverityIcon } from "../../components/alert/SeverityIcon";
import { SEVERITY_WORDS } from "./model/conditions";

const TONES = { critical: "text-bad", warning: "text-paused", info: "text-text-2" } as const;

/** Icon, word and colour. */
export function SeverityWord({ severity }: { severity: AlertSeverity }) {
  return (
    <span className={`inline-flex items-center gap-1 text-sm whitespace-nowrap ${TONES[severity]}`}>
      <SeverityIcon severity={severity} />
      {SEVERITY_WORDS[severity]}
    </span>
  );
}
