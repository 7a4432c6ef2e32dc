import { useMemo } from "react";
import { Link } from "wouter";
import type { Container } from "../../../api/types.gen";
import { StateWord } from "../../../components/container/StateWord";
import { containerPath } from "../../../components/routes";
import { Section } from "../../../components/sections/Section";
import { useLiveContainers } from "../../../store/hooks";

interface ContainerLinksProps {
  title: string;
  /** What is said where there is none. */
  none: string;
  uses: (c: Container) => boolean;
}

/** The containers that use a thing, with their states. */
export function ContainerLinks({ title, none, uses }: ContainerLinksProps) {
  const containers = useLiveContainers();
  const using = useMemo(
    () =>
      containers.entries
        .filter((e) => uses(e.container))
        .sort((a, b) => (a.container.name < b.container.name ? -1 : 1)),
    [containers, uses],
  );
  return (
    <Section title={`${title} (${using.length})`}>
      {using.length === 0 ? (
        <p className="text-text-2">{none}</p>
      ) : (
        <ul>
          {using.map(({ key, container: c }) => (
            <li key={key} className="flex items-baseline gap-3 py-0.5" data-uses={c.name}>
              <Link href={containerPath(key)} className="min-w-0 flex-1 truncate text-accent hover:underline">
                {c.name}
              </Link>
              <StateWord container={c} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
