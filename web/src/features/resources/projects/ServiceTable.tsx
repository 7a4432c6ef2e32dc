import { Fragment } from "react";
import { Link } from "wouter";
import type { Container } from "../../../api/types.gen";
import { StateWord } from "../../../components/container/StateWord";
import { containerPath } from "../../../components/routes";
import { Section } from "../../../components/sections/Section";
import type { ProjectRow } from "../model/projectRow";
import { LiveTotal } from "./LiveTotal";

/** The services of a project, each with its containers. */
export function ServiceTable({ row }: { row: ProjectRow }) {
  return (
    <Section title={`Services (${row.services.length})`}>
      {row.services.length === 0 && <p className="text-text-2">No container is left of it.</p>}
      {row.services.length > 0 && (
        <div className="overflow-x-auto" tabIndex={-1}>
          <table className="w-full" data-testid="services">
            <thead>
              <tr className="text-sm text-text-3">
                <th scope="col" className="pe-4 text-start font-normal">
                  Service
                </th>
                <th scope="col" className="pe-4 text-start font-normal">
                  State
                </th>
                <th scope="col" className="pe-4 text-start font-normal max-sm:hidden">
                  Image
                </th>
                <th scope="col" className="pe-4 text-end font-normal">
                  CPU
                </th>
                <th scope="col" className="text-end font-normal">
                  Memory
                </th>
              </tr>
            </thead>
            <tbody>
              {row.services.map((s) => (
                <Fragment key={s.name}>
                  {s.containers.length > 1 && (
                    <tr className="border-t border-line text-text-2" data-service={s.name}>
                      <th scope="row" className="py-1 pe-4 text-start font-normal">
                        {s.name}
                      </th>
                      <td className="py-1 pe-4 text-sm">
                        {s.running} of {s.containers.length} run
                      </td>
                      <td className="max-sm:hidden" />
                      <Figures containers={s.containers} />
                    </tr>
                  )}
                  {s.containers.map((c) => (
                    <ContainerLine key={c.id} container={c} service={s.containers.length > 1 ? null : s.name} />
                  ))}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

/** A container; with its service's name where it is the only one. */
function ContainerLine({ container: c, service }: { container: Container; service: string | null }) {
  return (
    <tr className="border-t border-line" data-container-line={c.name}>
      <td className={`py-1 pe-4 ${service === null ? "ps-4" : ""}`}>
        <Link href={containerPath(`${c.engine}/${c.id}`)} className="text-accent underline underline-offset-2">
          {service ?? c.name}
        </Link>
        {service !== null && <span className="ms-2 text-sm text-text-3">{c.name}</span>}
      </td>
      <td className="py-1 pe-4">
        <StateWord container={c} />
      </td>
      <td className="py-1 pe-4 font-mono text-sm text-text-2 max-sm:hidden">{c.image}</td>
      <Figures containers={[c]} />
    </tr>
  );
}

function Figures({ containers }: { containers: readonly Container[] }) {
  return (
    <>
      <td className="py-1 pe-4 text-end whitespace-nowrap">
        <LiveTotal containers={containers} of="cpu" />
      </td>
      <td className="py-1 text-end whitespace-nowrap">
        <LiveTotal containers={containers} of="mem" />
      </td>
    </>
  );
}
