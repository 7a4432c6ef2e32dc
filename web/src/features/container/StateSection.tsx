import type { Container } from "../../api/types.gen";
import { exitCodeAdvice, exitCodeMeaning } from "../../components/container/exitCode";
import { StateWord } from "../../components/container/StateWord";
import { isAlive } from "../../components/container/stateView";
import { Prose } from "../../components/Prose";
import { type Fact, Facts } from "../../components/sections/Facts";
import { Section } from "../../components/sections/Section";
import { When } from "./When";

/** How it is, since when, and how its last run ended. */
export function StateSection({ container: c, autoRemove }: { container: Container; autoRemove: boolean }) {
  const facts: Fact[] = [{ name: "State", value: <StateWord container={c} /> }];
  if (c.exitCode !== null) facts.push({ name: "Exit code", value: <Exit code={c.exitCode} oomKilled={c.oomKilled} /> });
  if (c.oomKilled && c.exitCode === null) {
    facts.push({ name: "Memory", value: "The kernel has killed a process of it: out of memory" });
  }
  if (c.error !== "") facts.push({ name: "Error", value: <span className="text-bad">{c.error}</span> });
  facts.push({ name: "Created", value: <When time={c.createdAt} /> });
  if (c.startedAt !== null) facts.push({ name: "Started", value: <When time={c.startedAt} /> });
  if (c.finishedAt !== null) {
    facts.push({ name: isAlive(c) ? "Ended before" : "Finished", value: <When time={c.finishedAt} /> });
  }
  facts.push({ name: "Restart policy", value: policyText(c, autoRemove) });
  facts.push({
    name: "Restarts",
    value: c.restartCount === 0 ? "none by its policy" : `${c.restartCount} by its policy`,
  });
  return (
    <Section title="State">
      <Facts facts={facts} />
    </Section>
  );
}

function Exit({ code, oomKilled }: { code: number; oomKilled: boolean }) {
  const advice = exitCodeAdvice(code, oomKilled);
  return (
    <span data-exit={code}>
      <strong className="font-semibold">{code}</strong>: {exitCodeMeaning(code, oomKilled)}.
      {advice !== "" && (
        <span className="block text-sm text-text-2">
          <Prose text={advice} />
        </span>
      )}
    </span>
  );
}

function policyText(c: Container, autoRemove: boolean): string {
  const [policy, most] = c.restartPolicy.split(":");
  if (autoRemove) return "none: removed as soon as it ends (--rm)";
  switch (policy) {
    case "always":
      return "always";
    case "unless-stopped":
      return "unless stopped";
    case "on-failure":
      return `on failure${most ? `, ${most} times at most` : ""}`;
    default:
      return "no";
  }
}
