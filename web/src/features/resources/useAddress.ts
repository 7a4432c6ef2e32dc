import { useCallback } from "react";
import { onEngine } from "../../components/routes";
import { useEngines } from "../../store/hooks";

/** Makes an address say which engine is meant, where there is more than one. */
export function useAddress(): (path: string, engine: string) => string {
  const several = useEngines().length > 1;
  return useCallback((path: string, engine: string) => (several ? onEngine(path, engine) : path), [several]);
}
