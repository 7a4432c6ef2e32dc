import { LabelsSection } from "../../components/sections/LabelsSection";
import type { ContainerEntry } from "../../store/state";
import { EnvironmentSection } from "./EnvironmentSection";
import { HealthSection } from "./HealthSection";
import { IdentitySection } from "./IdentitySection";
import { LimitsSection } from "./LimitsSection";
import { MountsSection } from "./MountsSection";
import { at, envOf, healthOf, limitsOf, mountsOf, networksOf } from "./model/document";
import { NetworksSection } from "./NetworksSection";
import { PortsSection } from "./PortsSection";
import { ReadAt } from "./ReadAt";
import { StateSection } from "./StateSection";
import { useInspection } from "./useInspection";

/** The facts of a container: what streams, and what its inspect document says besides. */
export function Overview({ entry, there }: { entry: ContainerEntry; there: boolean }) {
  const inspected = useInspection(entry.key);
  const { container: c } = entry;
  const { doc } = inspected;
  const health = doc && healthOf(doc);
  return (
    <div className="p-4" data-testid="overview" data-inspected={doc !== null}>
      <div className="columns-[400px] gap-4">
        <StateSection container={c} autoRemove={at(doc, "HostConfig", "AutoRemove") === true} />
        <IdentitySection container={c} doc={doc} />
        <PortsSection container={c} />
        {doc && <NetworksSection networks={networksOf(doc)} mode={c.networkMode} engine={c.engine} />}
        {doc && <MountsSection mounts={mountsOf(doc)} engine={c.engine} />}
        {doc && <LimitsSection limits={limitsOf(doc)} />}
        {health && <HealthSection container={c} health={health} />}
        {doc && <EnvironmentSection containerKey={entry.key} entries={envOf(doc)} there={there} />}
        <LabelsSection labels={c.labels} />
      </div>
      <ReadAt inspected={inspected} />
    </div>
  );
}
