import { useId } from "react";
import { useDeliveries } from "../useDesk";

interface DeliverFieldsProps {
  /** By name; empty is all of them. */
  value: readonly string[];
  onChange: (value: readonly string[]) => void;
}

/** Who is told: everybody who is told anything, or some. */
export function DeliverFields({ value, onChange }: DeliverFieldsProps) {
  const id = useId();
  const { data } = useDeliveries();
  const there = data?.items.map((d) => d.name) ?? [];
  // One that is gone, or was not read, stays until somebody takes it out.
  const names = [...there, ...value.filter((name) => !there.includes(name))];
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm text-text-2">Tells</legend>
      <label className="flex items-center gap-2">
        <input
          type="radio"
          name={id}
          className="accent-accent"
          checked={value.length === 0}
          onChange={() => onChange([])}
        />
        This page and every delivery{data !== null && there.length === 0 && " (there is none yet)"}
      </label>
      {names.length > 0 && (
        <>
          <label className="flex items-center gap-2">
            <input
              type="radio"
              name={id}
              className="accent-accent"
              checked={value.length > 0}
              onChange={() => onChange(names.slice(0, 1))}
            />
            This page and only
          </label>
          <span className="flex flex-wrap gap-x-4 gap-y-1 ps-6">
            {names.map((name) => (
              <label key={name} className="flex items-center gap-1.5">
                <input
                  type="checkbox"
                  className="size-3.5 accent-accent"
                  checked={value.includes(name)}
                  onChange={(e) => onChange(names.filter((n) => (n === name ? e.target.checked : value.includes(n))))}
                />
                {name}
              </label>
            ))}
          </span>
        </>
      )}
    </fieldset>
  );
}
