import ScrollText from "lucide-react/icons/scroll-text";
import X from "lucide-react/icons/x";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { Button } from "../../components/Button";
import { logsPath } from "../../components/routes";
import type { ContainerTable } from "../../store/containerTable";
import { ActionButton } from "../actions/ActionButton";
import { BULK_ACTIONS, WORDS } from "../actions/model/words";
import { useActions } from "../actions/useActions";
import { bulkChoices } from "./model/bulk";
import { type Selection, useSelection } from "./selection";

interface BulkBarProps {
  containers: ContainerTable;
  selection: Selection;
  /** Whether there is room for icons only. */
  narrow: boolean;
}

/** As many logs stand beside each other at most. */
const MOST_LOGS = 64;

/** What can be done to what is selected. There while something is. */
export function BulkBar(props: BulkBarProps) {
  const keys = useSelection(props.selection);
  return keys.size === 0 ? null : <Bar {...props} keys={keys} />;
}

function Bar({ containers, selection, narrow, keys }: BulkBarProps & { keys: ReadonlySet<string> }) {
  const { act, reasonNot } = useActions();
  const [, navigate] = useLocation();
  const selected = useMemo(() => [...keys].flatMap((key) => containers.get(key)?.container ?? []), [keys, containers]);
  const choices = useMemo(() => bulkChoices(selected, BULK_ACTIONS, reasonNot), [selected, reasonNot]);
  return (
    <section
      aria-label="Selection"
      data-testid="bulk-bar"
      className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line-strong bg-accent-soft px-3 py-1"
    >
      <span className="shrink-0 text-sm font-semibold" role="status">
        {keys.size} selected
      </span>
      <span className={`flex min-w-0 flex-wrap items-center gap-1 ${narrow ? "order-1 basis-full" : ""}`}>
        {choices.map(({ action, keys: on, reason }) => (
          <ActionButton
            key={action}
            action={action}
            reason={reason}
            iconOnly={narrow}
            title={on.length < selected.length ? `${WORDS[action].verb} ${on.length} of them` : undefined}
            onPress={() => act(on, action)}
          />
        ))}
        <Button
          aria-label={narrow ? "Logs" : undefined}
          title={selected.length > MOST_LOGS ? `Logs of ${MOST_LOGS} containers at most` : "Their logs in one view"}
          aria-disabled={selected.length > MOST_LOGS || undefined}
          className="aria-disabled:opacity-50"
          onClick={() => selected.length <= MOST_LOGS && navigate(logsPath({ containers: [...keys] }))}
        >
          <ScrollText size={14} aria-hidden />
          {!narrow && "Logs"}
        </Button>
      </span>
      <Button tone="quiet" className={narrow ? "ms-auto" : ""} title="Esc" onClick={() => selection.clear()}>
        <X size={14} aria-hidden />
        {narrow ? <span className="sr-only">Clear selection</span> : "Clear selection"}
      </Button>
    </section>
  );
}
