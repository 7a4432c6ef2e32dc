import { useId } from "react";
import { useChoices } from "../../components/choices";
import { ALERT_KINDS, type AlertKind, alertChoices } from "../../components/preferences";
import { DesktopSetting } from "./DesktopSetting";
import { SectionTitle } from "./SectionTitle";
import { Setting } from "./Setting";

const WORDS: Record<AlertKind, { label: string; note: string }> = {
  engine: { label: "An engine is gone, or back", note: "Docker does not answer any more, or does again." },
  unhealthy: { label: "A container became unhealthy", note: "Its health check fails." },
  oom: { label: "A container ran out of memory", note: "The kernel killed it, or a process of it." },
  loop: {
    label: "A container keeps restarting",
    note: "It ended three times within a minute, and nobody asked for it.",
  },
};

/** What the page gives notice of by itself. The outcome of an action is always told. */
export function NoticeSettings() {
  return (
    <section aria-labelledby="notifications">
      <SectionTitle id="notifications">Notifications</SectionTitle>
      {ALERT_KINDS.map((kind) => (
        <AlertSetting key={kind} kind={kind} />
      ))}
      <DesktopSetting />
    </section>
  );
}

function AlertSetting({ kind }: { kind: AlertKind }) {
  const id = useId();
  const wanted = useChoices(alertChoices);
  const { label, note } = WORDS[kind];
  return (
    <Setting id={id} label={label} note={note} control={`${id}-box`}>
      <input
        type="checkbox"
        id={`${id}-box`}
        aria-describedby={`${id}-note`}
        checked={wanted.has(kind)}
        onChange={(e) => alertChoices.set(kind, e.target.checked)}
        className="size-4 accent-accent"
      />
    </Setting>
  );
}
