import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import { Copyable } from "../../components/sections/Copyable";
import { Section } from "../../components/sections/Section";
import { useServer } from "../../store/hooks";
import type { EnvEntry } from "./model/document";
import { useSecrets } from "./useSecrets";

interface EnvironmentSectionProps {
  containerKey: string;
  entries: readonly EnvEntry[];
  /** Whether the container is still there to be asked. */
  there: boolean;
}

/** The environment by name. Values hold passwords more often than not: they are shown when somebody asks for them. */
export function EnvironmentSection({ containerKey, entries, there }: EnvironmentSectionProps) {
  const { role } = useServer();
  const { secrets, revealed } = useSecrets(containerKey);
  if (entries.length === 0) return null;
  const names = entries.map((e) => e.name);
  const hidden = entries.flatMap((e, i) => (e.set && !revealed.values.has(i) ? [i] : []));
  const reason = role === "viewer" ? "Only operators may see values" : there ? "" : "The container is gone";
  const any = revealed.values.size > 0;
  return (
    <Section
      title={`Environment (${entries.length})`}
      actions={
        <Button
          tone="quiet"
          disabled={reason !== "" || revealed.loading || (hidden.length === 0 && !any)}
          title={reason || undefined}
          onClick={() => (hidden.length === 0 ? secrets.forget() : void secrets.reveal(hidden, names))}
        >
          {hidden.length === 0 && any ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
          {hidden.length === 0 && any ? "Hide all" : "Reveal all"}
        </Button>
      }
    >
      {reason !== "" && <p className="pb-1 text-sm text-text-2">{reason}.</p>}
      {revealed.problem !== "" && (
        <p role="alert" className="pb-1 text-bad">
          <Prose text={revealed.problem} />
        </p>
      )}
      <dl>
        {entries.map((entry, i) => {
          const value = revealed.values.get(i);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may stand twice; its position is what it is
            <div key={i} className="flex min-h-6 items-baseline gap-x-2 py-0.5" data-env={entry.name}>
              <dt className="font-mono text-sm wrap-anywhere text-text-2">{entry.name}</dt>
              <dd className="ms-auto flex min-w-0 items-baseline gap-1 text-end font-mono text-sm">
                {value !== undefined ? (
                  <Copyable what={`value of ${entry.name}`} text={value}>
                    {value || <span className="text-text-3">(empty)</span>}
                  </Copyable>
                ) : (
                  <span className="text-text-3">
                    {entry.set ? (
                      <span role="img" aria-label="hidden">
                        ••••
                      </span>
                    ) : (
                      "(empty)"
                    )}
                  </span>
                )}
                {entry.set && (
                  <button
                    type="button"
                    disabled={reason !== "" || revealed.loading}
                    aria-label={`${value === undefined ? "Reveal" : "Hide"} ${entry.name}`}
                    title={value === undefined ? reason || "Reveal" : "Hide"}
                    className="-my-0.5 inline-flex size-6 shrink-0 self-center items-center justify-center rounded text-text-3 hover:bg-surface-2 hover:text-text-1 disabled:opacity-50"
                    onClick={() => (value === undefined ? void secrets.reveal([i], names) : secrets.hide(i))}
                  >
                    {value === undefined ? <Eye size={13} aria-hidden /> : <EyeOff size={13} aria-hidden />}
                  </button>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </Section>
  );
}
