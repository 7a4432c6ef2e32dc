import type { Volume } from "../../api/types.gen";
import { formatExact, parseTime } from "../../components/format/time";
import { Size } from "./Size";

/** A volume's size with its date in the title; it is measured in the background, and may not have been yet. */
export function VolumeSize({ volume: v }: { volume: Volume }) {
  const at = v.sizedAt === null ? "" : formatExact(parseTime(v.sizedAt)).slice(0, 19);
  if (v.sizedAt === null) {
    return (
      <span className="qw-quiet" title="Not computed yet: sizes are measured in the background">
        not yet
      </span>
    );
  }
  if (v.sizeBytes === null) {
    return (
      <span className="qw-quiet" title={`Its driver can't tell, as of ${at}`}>
        —
      </span>
    );
  }
  return (
    <span title={`As of ${at}`}>
      <Size bytes={v.sizeBytes} />
    </span>
  );
}
