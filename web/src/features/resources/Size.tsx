import { formatBytes } from "../../components/format/quantity";
import { usePreference } from "../../components/preference";
import { unitsPreference } from "../../components/preferences";

/** A size with its unit in a quieter tone. */
export function Size({ bytes }: { bytes: number }) {
  const { value, unit } = formatBytes(bytes, usePreference(unitsPreference));
  return (
    <span className="whitespace-nowrap">
      {value} <span className="qw-unit w-[3ch] text-start!">{unit}</span>
    </span>
  );
}
