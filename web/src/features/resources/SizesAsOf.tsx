import RotateCw from "lucide-react/icons/rotate-cw";
import { measureDisk } from "../../api/resources";
import { formatAgo } from "../../components/format/duration";
import { parseTime } from "../../components/format/time";
import { useDiskUsage, useLive, useTimedText } from "../../store/hooks";
import { tellRefused } from "../actions/outcome";
import { ActButton } from "./ActButton";
import { useMay } from "./useMay";

interface SizesAsOfProps {
  /** Beside a heading there is room for it on the narrowest screen. */
  roomy?: boolean;
}

/** How old the sizes are that are measured in the background, and a button that has them measured now. */
export function SizesAsOf({ roomy = false }: SizesAsOfProps) {
  const live = useLive();
  const [disk] = useDiskUsage();
  const may = useMay();
  const measuring = disk?.measuring ?? false;
  const at = parseTime(disk?.measuredAt);
  const ago = useTimedText((now) => (Number.isNaN(at) ? "Sizes not computed yet" : `Sizes ${formatAgo(now - at)}`));
  const refresh = () => {
    measureDisk(live.client).catch((err: unknown) => tellRefused("Could not measure sizes", "measure", err, refresh));
  };
  return (
    <span className="flex items-center gap-1 text-sm text-text-2" data-testid="sizes">
      <span className={`whitespace-nowrap ${roomy ? "" : "max-md:sr-only"}`} title={disk?.error || undefined}>
        {measuring ? "Measuring…" : ago}
      </span>
      <ActButton
        tone="quiet"
        className="px-1.5"
        aria-label="Measure sizes now"
        title="Measure sizes now"
        reason={measuring ? "They are being measured" : may.change}
        onClick={refresh}
      >
        <RotateCw size={14} aria-hidden className={measuring ? "qw-spin" : ""} />
      </ActButton>
    </span>
  );
}
