import { useId } from "react";
import { Link } from "wouter";
import type { AlertSeverity } from "../../api/types.gen";
import { useChoices } from "../../components/choices";
import { noticeSeverities } from "../../components/preferences";
import { alertsPath } from "../../components/routes";
import { DesktopSetting } from "./DesktopSetting";
import { SectionTitle } from "./SectionTitle";
import { Setting } from "./Setting";

const WORDS: Record<AlertSeverity, { label: string; note: string }> = {
  critical: { label: "Critical alerts", note: "Such as a crash loop, or an engine that does not answer." },
  warning: { label: "Warnings", note: "Such as a container that became unhealthy, or is about to be killed." },
  info: { label: "Alerts that only inform", note: "They stand on the page of alerts all the same." },
};

/** What the page gives notice of by itself. The outcome of an action is always told. */
export function NoticeSettings() {
  return (
    <section aria-labelledby="notifications">
      <SectionTitle id="notifications">Notifications</SectionTitle>
      <p className="mb-2 text-sm text-text-2">
        What is looked for is said by the{" "}
        <Link href={alertsPath("rules")} className="text-accent underline">
          rules
        </Link>
        , for everybody. Here this browser chooses of what it gives notice.
      </p>
      {noticeSeverities.all.map((severity) => (
        <SeveritySetting key={severity} severity={severity} />
      ))}
      <DesktopSetting />
    </section>
  );
}

function SeveritySetting({ severity }: { severity: AlertSeverity }) {
  const id = useId();
  const wanted = useChoices(noticeSeverities);
  const { label, note } = WORDS[severity];
  return (
    <Setting id={id} label={label} note={note} control={`${id}-box`}>
      <input
        type="checkbox"
        id={`${id}-box`}
        aria-describedby={`${id}-note`}
        checked={wanted.has(severity)}
        onChange={(e) => noticeSeverities.set(severity, e.target.checked)}
        className="size-4 accent-accent"
      />
    </Setting>
  );
}
