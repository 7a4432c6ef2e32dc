import { useId } from "react";
import { useEngines } from "../../../store/hooks";

interface EngineFieldProps {
  /** The engine's id; "" is the first. */
  value: string;
  onChange: (engine: string) => void;
}

/** In which engine, where there is more than one. */
export function EngineField({ value, onChange }: EngineFieldProps) {
  const engines = useEngines();
  const id = useId();
  if (engines.length < 2) return null;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm text-text-2">
        Engine
      </label>
      <select
        id={id}
        value={value || engines[0]?.id}
        onChange={(e) => onChange(e.target.value)}
        className="h-8 rounded border border-line-strong bg-surface-1 px-2 text-base"
      >
        {engines.map((e) => (
          <option key={e.id} value={e.id}>
            {e.name || e.host}
          </option>
        ))}
      </select>
    </div>
  );
}
