import type { Alert } from "../../../api/types.gen";

/** The alerts that a dialog is about. */
export function AlertNames({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <ul className="max-h-40 overflow-auto rounded border border-line bg-surface-0 px-3 py-1" aria-label="Which">
      {alerts.map((a) => (
        <li key={a.id} className="wrap-anywhere">
          {a.summary}
        </li>
      ))}
    </ul>
  );
}
