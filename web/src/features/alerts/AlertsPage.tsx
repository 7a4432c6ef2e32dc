import Plus from "lucide-react/icons/plus";
import { useMemo } from "react";
import type { AlertTab } from "../../components/routes";
import { useLiveAlerts } from "../../store/hooks";
import { ActButton } from "./ActButton";
import { AlertTabs } from "./AlertTabs";
import { ActiveTab } from "./active/ActiveTab";
import { Dialogs } from "./Dialogs";
import { DeliveriesTab } from "./deliveries/DeliveriesTab";
import { HistoryTab } from "./history/HistoryTab";
import { standingOf } from "./model/active";
import { NEW_DELIVERY } from "./model/deliveryDraft";
import { NEW_RULE } from "./model/ruleDraft";
import { RulesTab } from "./rules/RulesTab";
import { useDesk } from "./useDesk";
import { useMay } from "./useMay";

/** What is wrong now, what was, what is looked for, and who is told. */
export function AlertsPage({ tab }: { tab: AlertTab }) {
  const { entries } = useLiveAlerts();
  const active = useMemo(() => entries.values().filter((a) => standingOf(a) !== null).length, [entries]);
  return (
    <section aria-label="Alerts" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <header className="shrink-0 border-b border-line px-4 pt-1">
        <div className="flex min-h-9 items-center gap-2">
          <h1 className="text-lg font-semibold outline-none" tabIndex={-1}>
            Alerts
          </h1>
          <span className="ms-auto">
            <NewButton tab={tab} />
          </span>
        </div>
        <AlertTabs tab={tab} active={active} />
      </header>
      <Part tab={tab} />
      <Dialogs />
    </section>
  );
}

function NewButton({ tab }: { tab: AlertTab }) {
  const desk = useDesk();
  const { manage } = useMay();
  if (tab === "active" || tab === "history") return null;
  const rule = tab === "rules";
  return (
    <ActButton
      tone="primary"
      reason={manage}
      onClick={() =>
        desk.ask(
          rule
            ? { kind: "rule", rule: NEW_RULE, made: false }
            : { kind: "delivery", delivery: NEW_DELIVERY, made: false },
        )
      }
    >
      <Plus size={14} aria-hidden />
      {rule ? "New rule" : "New delivery"}
    </ActButton>
  );
}

function Part({ tab }: { tab: AlertTab }) {
  switch (tab) {
    case "active":
      return <ActiveTab />;
    case "history":
      return <HistoryTab />;
    case "rules":
      return <RulesTab />;
    case "deliveries":
      return <DeliveriesTab />;
  }
}
