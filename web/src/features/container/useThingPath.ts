import { useCallback } from "react";
import { onEngine } from "../../components/routes";
import { useEngines } from "../../store/hooks";

/** Has the address of an image, a volume or a network say the engine, where there are several. */
export function useThingPath(): (path: string, engine: string) => string {
  const several = useEngines().length > 1;
  return useCallback((path: string, engine: string) => (several ? onEngine(path, engine) : path), [several]);
}
