import { Link } from "wouter";
import { CONTAINERS_PATH, containerPath } from "../../components/routes";
import type { ContainerEntry } from "../../store/state";

interface NotFoundProps {
  id: string;
  shown: { readonly kind: "none" } | { readonly kind: "many"; readonly entries: readonly ContainerEntry[] };
}

/** The address means no container, or more than one. */
export function NotFound({ id, shown }: NotFoundProps) {
  return (
    <section className="flex-1 bg-surface-1 p-6" data-testid="not-found">
      <h1 className="text-lg font-semibold">
        {shown.kind === "none" ? "No such container" : "More than one container"}
      </h1>
      {shown.kind === "none" ? (
        <p className="mt-2 max-w-prose text-text-2">
          None is called <code className="font-mono break-all text-text-1">{id}</code> and no id begins with it. It may
          have been removed, or it is on an engine that Quaywatch does not watch.
        </p>
      ) : (
        <>
          <p className="mt-2 max-w-prose text-text-2">
            {shown.entries.length} ids begin with <code className="font-mono text-text-1">{id}</code>:
          </p>
          <ul className="mt-2">
            {shown.entries.map(({ key, container: c }) => (
              <li key={key}>
                <Link href={containerPath(key)} className="text-accent hover:underline">
                  {c.name} <span className="font-mono text-sm text-text-3">{c.id.slice(0, 12)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="mt-4 flex gap-4">
        <Link href={`${CONTAINERS_PATH}?q=${encodeURIComponent(id)}`} className="text-accent hover:underline">
          Search for “{id}”
        </Link>
        <Link href={CONTAINERS_PATH} className="text-accent hover:underline">
          All containers
        </Link>
      </p>
    </section>
  );
}
