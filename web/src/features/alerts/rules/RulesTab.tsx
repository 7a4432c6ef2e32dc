import { useMemo } from "react";
import type { AlertRuleStatus } from "../../../api/types.gen";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import { useLiveAlerts } from "../../../store/hooks";
import { countsByRule } from "../model/active";
import { useDesk, useRules } from "../useDesk";
import { useMay } from "../useMay";
import { RuleFileNote } from "./RuleFileNote";
import { RuleItem } from "./RuleItem";

/** What is looked for: the rules that come with Quaywatch, those made here, those of the file. */
export function RulesTab() {
  const desk = useDesk();
  const { manage } = useMay();
  const { data, problem } = useRules();
  const { entries } = useLiveAlerts();
  const counts = useMemo(() => countsByRule(entries.values()), [entries]);
  const names = useMemo(() => new Set(data?.items.map((r) => r.name)), [data]);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto" data-page-scroll>
      {problem !== "" && (
        <p role="alert" className="flex flex-wrap items-center gap-3 px-4 py-2 text-bad">
          <Prose text={problem} />
          <Button onClick={() => void desk.rules.refresh()}>Try again</Button>
        </p>
      )}
      {data === null && problem === "" && <p className="qw-late p-4 text-text-2">Reading the rules…</p>}
      {data?.file && <RuleFileNote file={data.file} />}
      {data && (
        <ul aria-label="Rules">
          {inOrder(data.items).map((rule) => {
            const { firing = 0, pending = 0 } = counts.get(rule.name) ?? {};
            return (
              <RuleItem
                key={rule.name}
                rule={rule}
                path={data.file?.path}
                names={names}
                firing={firing}
                pending={pending}
                desk={desk}
                reason={manage}
              />
            );
          })}
        </ul>
      )}
    </div>
  );
}

const ORDER = ["page", "file", "builtin"] as const;

/** Those that somebody made come first; what is switched off stands behind what is on. */
function inOrder(rules: readonly AlertRuleStatus[]): readonly AlertRuleStatus[] {
  return rules.toSorted(
    (a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source) || Number(b.enabled) - Number(a.enabled),
  );
}
