import type { ReactNode } from "react";
import { useEngines, useLiveContainers } from "../../store/hooks";
import { noEngine } from "../connection/noEngine";
import { NoEngine } from "../containers/NoEngine";

/** There is none: because no engine answers, or because there is none. */
export function ListEmpty({ title, children }: { title: string; children: ReactNode }) {
  const engines = useEngines();
  const containers = useLiveContainers();
  if (noEngine(containers, engines)) return <NoEngine engines={engines} />;
  return (
    <div className="m-auto flex w-full max-w-lg min-w-0 flex-col items-center gap-4 px-6 py-12 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </div>
  );
}
