import Info from "lucide-react/icons/info";
import OctagonAlert from "lucide-react/icons/octagon-alert";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { AlertSeverity } from "../../api/types.gen";

const ICONS = { critical: OctagonAlert, warning: TriangleAlert, info: Info } as const;
const TONES = { critical: "text-bad", warning: "text-paused", info: "text-text-2" } as const;

/** How bad something is, as a picture; the word stands beside it, or in a label of whoever shows it. */
export function SeverityIcon({ severity, size = 14 }: { severity: AlertSeverity; size?: number }) {
  const Icon = ICONS[severity];
  return <Icon size={size} aria-hidden className={`shrink-0 ${TONES[severity]}`} />;
}
