import TriangleAlert from "lucide-react/icons/triangle-alert";
import { Link } from "wouter";
import type { AlertRuleStatus } from "../../../api/types.gen";
import { Prose } from "../../../components/Prose";
import { alertsPath } from "../../../components/routes";
import type { AlertDesk } from "../desk";
import { MoreMenu } from "../MoreMenu";
import { scope, sentence } from "../model/figures";
import { duplicateOf } from "../model/ruleDraft";
import { sourceText } from "../model/words";
import { SeverityWord } from "../SeverityWord";
import { Switch } from "../Switch";

interface RuleItemProps {
  rule: AlertRuleStatus;
  /** Of the file of rules, if there is one. */
  path: string | undefined;
  names: ReadonlySet<string>;
  /** How many fire and may soon, by the stream. */
  firing: number;
  pending: number;
  desk: AlertDesk;
  /** Why nothing can be changed, null where it can. */
  reason: string | null;
}

/** One rule: whether it is on, what it looks for, where it comes from, and how it does. */
export function RuleItem(props: RuleItemProps) {
  const { rule, path, desk, reason } = props;
  const fixed = rule.source === "file" ? "It stands in the file of rules: change it there" : reason;
  return (
    <li
      data-rule={rule.name}
      data-source={rule.source}
      data-enabled={rule.enabled}
      className="flex items-start gap-3 border-b border-line px-4 py-2.5"
    >
      <span className="flex h-5 items-center">
        <Switch
          on={rule.enabled}
          label={rule.name}
          reason={fixed}
          onChange={(on) => void desk.switchRule(plain(rule), on)}
        />
      </span>
      <div className={`min-w-0 flex-1 ${rule.enabled ? "" : "text-text-2"}`}>
        <p className="flex min-w-0 flex-wrap items-center gap-x-3">
          <span className="font-semibold wrap-anywhere">{rule.name}</span>
          <SeverityWord severity={rule.severity} />
          <Now {...props} />
        </p>
        <p className="wrap-anywhere">
          {sentence(rule)}
          {rule.match && (
            <>
              {" "}
              <span className="text-text-2">where</span> <code className="font-mono text-sm">{rule.match}</code>
            </>
          )}
        </p>
        <p className="flex flex-wrap gap-x-3 text-sm text-text-2">
          <span>{[scope(rule), sourceText(rule, path)].filter(Boolean).join(" · ")}</span>
          {(rule.deliver?.length ?? 0) > 0 && <span>tells {rule.deliver?.join(", ")}</span>}
          {rule.description && <span className="wrap-anywhere text-text-3">{rule.description}</span>}
        </p>
        {rule.problem !== "" && (
          <p className="flex items-baseline gap-1.5 text-sm text-paused">
            <TriangleAlert size={14} aria-hidden className="shrink-0 self-center" />
            <span className="min-w-0">
              <Prose text={rule.problem} />
            </span>
          </p>
        )}
      </div>
      <MoreMenu name={rule.name} items={itemsOf(props, fixed)} />
    </li>
  );
}

/** How many alerts it has now. */
function Now({ rule, firing, pending }: RuleItemProps) {
  if (!rule.enabled || firing + pending === 0) return null;
  const parts = [firing > 0 && `${firing} firing`, pending > 0 && `${pending} pending`].filter(Boolean);
  return (
    <Link
      href={`${alertsPath()}?q=${encodeURIComponent(rule.name)}`}
      className={`text-sm hover:underline ${firing > 0 ? "text-bad" : "text-transitional"}`}
    >
      {parts.join(", ")}
    </Link>
  );
}

function itemsOf({ rule, names, desk, reason }: RuleItemProps, fixed: string | null) {
  const own = plain(rule);
  const last =
    rule.source === "builtin"
      ? {
          label: "Reset to how it came",
          reason: reason ?? (rule.changed ? null : "It is as it came"),
          run: () => desk.ask({ kind: "removeRule", rule: own }),
        }
      : { label: "Remove…", reason: fixed, bad: true, run: () => desk.ask({ kind: "removeRule", rule: own }) };
  return [
    { label: "Edit…", reason: fixed, run: () => desk.ask({ kind: "rule", rule: own, made: true }) },
    {
      label: "Duplicate…",
      reason,
      run: () => desk.ask({ kind: "rule", rule: duplicateOf(own, names), made: false }),
    },
    last,
  ];
}

/** The rule without what is known of it besides. */
function plain(status: AlertRuleStatus) {
  const { changed: _c, pending: _p, firing: _f, problem: _w, line: _l, ...rule } = status;
  return rule;
}
