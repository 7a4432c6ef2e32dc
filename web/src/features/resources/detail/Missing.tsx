import { Link } from "wouter";
import { onEngine } from "../../../components/routes";
import { useEngines } from "../../../store/hooks";
import type { Row } from "../model/kind";

interface MissingProps {
  one: string;
  id: string;
  list: { readonly path: string; readonly title: string };
  loaded: boolean;
  /** All that the address may mean, where that is more than one; and where each is. */
  several?: { readonly rows: readonly Row[]; readonly path: (row: Row) => string } | undefined;
}

/** The address means nothing that is there, as it may have been removed a moment ago; or more than one. */
export function Missing({ one, id, list, loaded, several }: MissingProps) {
  const engines = useEngines();
  if (!loaded) {
    return (
      <section className="qw-late flex-1 bg-surface-1 p-4 text-text-2" aria-busy="true">
        Waiting for the list of {list.title.toLowerCase()}…
      </section>
    );
  }
  const address = <code className="font-mono break-all text-text-1">{id}</code>;
  const engineName = (key: string) => engines.find((e) => e.id === key)?.name || key;
  return (
    <section className="flex-1 bg-surface-1 p-6" data-testid="not-found">
      <h1 className="text-lg font-semibold">{several ? `More than one ${one}` : `No such ${one}`}</h1>
      {several ? (
        <>
          <p className="mt-2 max-w-prose text-text-2">
            {several.rows.length} are meant by {address}:
          </p>
          <ul className="mt-2">
            {several.rows.map((row) => (
              <li key={row.key}>
                <Link href={onEngine(several.path(row), row.engine)} className="text-accent hover:underline">
                  {row.name} <span className="text-sm text-text-3">on {engineName(row.engine)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="mt-2 max-w-prose text-text-2">
          There is no {one} {address}. It may have been removed, or it is on an engine that Quaywatch does not watch.
        </p>
      )}
      <p className="mt-4">
        <Link href={list.path} className="text-accent hover:underline">
          All {list.title.toLowerCase()}
        </Link>
      </p>
    </section>
  );
}
