import { Link } from "wouter";

interface MissingProps {
  one: string;
  id: string;
  list: { readonly path: string; readonly title: string };
  loaded: boolean;
}

/** The address means nothing that is there: it may have been removed a moment ago. */
export function Missing({ one, id, list, loaded }: MissingProps) {
  if (!loaded) {
    return (
      <section className="qw-late flex-1 bg-surface-1 p-4 text-text-2" aria-busy="true">
        Waiting for the list of {list.title.toLowerCase()}…
      </section>
    );
  }
  return (
    <section className="flex-1 bg-surface-1 p-6" data-testid="not-found">
      <h1 className="text-lg font-semibold">No such {one}</h1>
      <p className="mt-2 max-w-prose text-text-2">
        There is no {one} <code className="font-mono break-all text-text-1">{id}</code>. It may have been removed, or it
        is on an engine that Quaywatch does not watch.
      </p>
      <p className="mt-4">
        <Link href={list.path} className="text-accent hover:underline">
          All {list.title.toLowerCase()}
        </Link>
      </p>
    </section>
  );
}
