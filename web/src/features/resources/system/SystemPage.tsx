import Eraser from "lucide-react/icons/eraser";
import { useEngines, useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { deskOf } from "../desk";
import { Dialogs } from "../forms/Dialogs";
import { SizesAsOf } from "../SizesAsOf";
import { useMay } from "../useMay";
import { ContextsSection } from "./ContextsSection";
import { DiskSection } from "./DiskSection";
import { EngineSection } from "./EngineSection";
import { useSystem } from "./useSystem";
import { WarningsSection } from "./WarningsSection";

/** The engines themselves: what they are, what they warn of, and what they keep on their disks. */
export function SystemPage() {
  const desk = deskOf(useLive());
  const engines = useEngines();
  const may = useMay();
  const { info, contexts } = useSystem();
  return (
    <section aria-label="System" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-1">
        <h1 className="text-lg font-semibold outline-none" tabIndex={-1}>
          System
        </h1>
        <span className="ms-auto flex items-center gap-2">
          <SizesAsOf roomy />
          <ActButton reason={may.change} onClick={() => desk.ask({ kind: "prune", of: "all" })}>
            <Eraser size={14} aria-hidden />
            Prune
          </ActButton>
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-auto p-4" data-page-scroll>
        <WarningsSection info={info} />
        <DiskSection />
        <div className="columns-[400px] gap-4">
          {engines.map((e) => (
            <EngineSection key={e.id} engine={e} info={info.data?.items.find((i) => i.engine === e.id)} />
          ))}
          <ContextsSection contexts={contexts} />
        </div>
      </div>
      <Dialogs />
    </section>
  );
}
