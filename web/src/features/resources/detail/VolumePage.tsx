import Trash2 from "lucide-react/icons/trash-2";
import { useCallback } from "react";
import { Link } from "wouter";
import { getVolume } from "../../../api/resources";
import type { Container, Volume } from "../../../api/types.gen";
import { projectPath, VOLUMES_PATH } from "../../../components/routes";
import { Copyable } from "../../../components/sections/Copyable";
import { Facts } from "../../../components/sections/Facts";
import { LabelsSection } from "../../../components/sections/LabelsSection";
import { Section } from "../../../components/sections/Section";
import { useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { Ago } from "../Ago";
import { deskOf } from "../desk";
import { isAnonymous, type VolumeRow } from "../model/volumeRow";
import { NameMark } from "../NameMark";
import { SizesAsOf } from "../SizesAsOf";
import { useAddress } from "../useAddress";
import { useMay } from "../useMay";
import { useVolumeRows } from "../useRows";
import { VolumeSize } from "../VolumeSize";
import { VOLUMES } from "../volumes";
import { ContainerLinks } from "./ContainerLinks";
import { Detail } from "./Detail";
import { DetailHead } from "./DetailHead";
import { useDetails } from "./useDetails";

const LIST = { path: VOLUMES_PATH, title: "Volumes" };

/** One volume: where it is, how large, and who mounts it. */
export function VolumePage({ name }: { name: string }) {
  return (
    <Detail kind={VOLUMES} list={LIST} id={name} means={[(r) => r.name === name]} of={useVolumeRows()}>
      {(row) => <There key={row.key} row={row} />}
    </Detail>
  );
}

function There({ row }: { row: VolumeRow }) {
  const { volume: v } = row;
  const desk = deskOf(useLive());
  const may = useMay();
  const at = useAddress();
  const { data } = useDetails<Volume, Awaited<ReturnType<typeof getVolume>>>(v, getVolume);
  const uses = useCallback((c: Container) => c.engine === v.engine && c.volumes.includes(v.name), [v.engine, v.name]);
  const options = Object.entries(v.options);
  const status = data?.inspect["Status"];
  const facts = [
    { name: "Driver", value: `${v.driver} (${v.scope})` },
    { name: "Created", value: <Ago time={v.createdAt} /> },
    { name: "Size", value: <VolumeSize volume={v} /> },
    ...(v.project === ""
      ? []
      : [
          {
            name: "Project",
            value: (
              <Link href={at(projectPath(v.project), v.engine)} className="text-accent hover:underline">
                {v.project}
              </Link>
            ),
          },
        ]),
    {
      name: "Path",
      value: (
        <span className="font-mono text-sm">
          <Copyable what="path" text={v.mountpoint}>
            {v.mountpoint}
          </Copyable>
        </span>
      ),
    },
    ...options.map(([name, value]) => ({ name, value: <span className="font-mono text-sm">{value}</span> })),
    ...(status ? [{ name: "Status", value: <span className="font-mono text-sm">{JSON.stringify(status)}</span> }] : []),
  ];
  return (
    <section
      aria-label={`Volume ${v.name}`}
      data-volume={row.key}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
    >
      <DetailHead
        list={LIST}
        of={row.key}
        name={v.name}
        marks={isAnonymous(v) && <NameMark word="anonymous" title="The engine made up its name" />}
      >
        <SizesAsOf roomy />
        <ActButton reason={may.remove} onClick={() => desk.ask({ kind: "remove", of: "volumes", keys: [row.key] })}>
          <Trash2 size={14} aria-hidden className="text-bad" />
          Remove
        </ActButton>
      </DetailHead>
      <div className="min-h-0 flex-1 overflow-auto p-4" data-page-scroll>
        <div className="columns-[400px] gap-4">
          <Section title="Volume">
            <Facts facts={facts} />
          </Section>
          <ContainerLinks title="Containers" none="No container mounts it." uses={uses} />
          <LabelsSection labels={v.labels} />
        </div>
      </div>
    </section>
  );
}
