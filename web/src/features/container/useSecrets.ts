import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import { type Revealed, Secrets } from "./secrets";

/** The revealed values of a container's environment; forgotten when the caller goes. */
export function useSecrets(key: string): { secrets: Secrets; revealed: Revealed } {
  const { client } = useLive();
  const secrets = useMemo(() => new Secrets(client, key), [client, key]);
  useEffect(() => () => secrets.forget(), [secrets]);
  return { secrets, revealed: useSyncExternalStore(secrets.subscribe, secrets.state) };
}
