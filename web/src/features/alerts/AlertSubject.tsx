import { Link } from "wouter";
import type { Alert } from "../../api/types.gen";
import { containerPath, projectPath, SYSTEM_PATH } from "../../components/routes";
import { useEngines } from "../../store/hooks";

interface AlertSubjectProps {
  alert: Alert;
  tabIndex?: number;
}

const LINK = "truncate text-text-2 hover:text-text-1 hover:underline";

/** Whom an alert is about, as a link: a container with its project, an engine, or Quaywatch itself. */
export function AlertSubject({ alert: a, tabIndex }: AlertSubjectProps) {
  const engines = useEngines();
  const engine = engines.find((e) => e.id === a.engine)?.name ?? "";
  if (a.container === "") {
    return (
      <Link href={SYSTEM_PATH} tabIndex={tabIndex} className={LINK}>
        {a.engine === "" ? "Quaywatch" : engine || "The engine"}
      </Link>
    );
  }
  return (
    <>
      <Link href={containerPath(`${a.engine}/${a.container}`)} tabIndex={tabIndex} className={LINK} data-subject>
        {a.name}
      </Link>
      {a.project !== "" && (
        <Link href={projectPath(a.project)} tabIndex={tabIndex} className={LINK} title="Compose project">
          {a.project}
        </Link>
      )}
      {engines.length > 1 && <span className="truncate">{engine}</span>}
    </>
  );
}
