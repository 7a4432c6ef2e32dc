import { Link } from "wouter";
import type { DiskUsage, DiskUse } from "../../../api/types.gen";
import { Prose } from "../../../components/Prose";
import { CONTAINERS_PATH, IMAGES_PATH, VOLUMES_PATH } from "../../../components/routes";
import { Section } from "../../../components/sections/Section";
import { useDiskUsage, useEngines } from "../../../store/hooks";
import { shareOf } from "../model/disk";
import { Size } from "../Size";

/** What each engine keeps on its disk, by kind. */
export function DiskSection() {
  const disk = useDiskUsage();
  const engines = useEngines();
  if (disk.length === 0) {
    return (
      <Section title="Disk use">
        <p className="text-text-2">Not computed yet: it is measured in the background.</p>
      </Section>
    );
  }
  return disk.map((d) => (
    <Section
      key={d.engine}
      title={
        engines.length > 1 ? `Disk use of ${engines.find((e) => e.id === d.engine)?.name ?? d.engine}` : "Disk use"
      }
    >
      {d.error !== "" && (
        <p role="alert" className="text-bad">
          <Prose text={d.error} />
        </p>
      )}
      {d.measuredAt === null ? (
        <p className="text-text-2">{d.measuring ? "Being measured…" : "Not computed yet."}</p>
      ) : (
        <DiskTable disk={d} />
      )}
    </Section>
  ));
}

const KINDS = [
  { id: "images", title: "Images", path: IMAGES_PATH, active: "used" },
  { id: "containers", title: "Containers", path: CONTAINERS_PATH, active: "running" },
  { id: "volumes", title: "Volumes", path: VOLUMES_PATH, active: "used" },
  { id: "buildCache", title: "Build cache", path: null, active: "used" },
] as const;

function DiskTable({ disk }: { disk: DiskUsage }) {
  const most = Math.max(...KINDS.map((k) => disk[k.id].totalBytes ?? 0));
  return (
    <div className="overflow-x-auto" tabIndex={-1}>
      <table className="w-full max-w-3xl" data-testid="disk">
        <thead>
          <tr className="text-sm text-text-3">
            <th scope="col" className="pe-4 text-start font-normal">
              Kind
            </th>
            <th scope="col" className="pe-4 text-end font-normal">
              Count
            </th>
            <th scope="col" className="pe-4 text-end font-normal">
              Size
            </th>
            <th scope="col" className="pe-4 text-end font-normal">
              Can be freed
            </th>
            <th scope="col" className="w-1/3 max-sm:hidden">
              <span className="sr-only">Share</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {KINDS.map((k) => (
            <tr key={k.id} className="border-t border-line" data-disk={k.id}>
              <th scope="row" className="py-1 pe-4 text-start font-normal">
                {k.path === null ? (
                  k.title
                ) : (
                  <Link href={k.path} className="text-accent hover:underline">
                    {k.title}
                  </Link>
                )}
              </th>
              <td className="py-1 pe-4 text-end whitespace-nowrap">
                {disk[k.id].count}{" "}
                <span className="text-sm text-text-3">
                  {disk[k.id].active} {k.active}
                </span>
              </td>
              <Bytes bytes={disk[k.id].totalBytes} />
              <Bytes bytes={disk[k.id].reclaimableBytes} />
              <td className="max-sm:hidden">
                <Bar use={disk[k.id]} most={most} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bytes({ bytes }: { bytes: number | null }) {
  return <td className="py-1 pe-4 text-end">{bytes === null ? "—" : <Size bytes={bytes} />}</td>;
}

/** How much of the largest it is, what is used before what can be freed. */
function Bar({ use, most }: { use: DiskUse; most: number }) {
  const { kept, free } = shareOf(use, most);
  return (
    <span aria-hidden className="flex h-1.5 overflow-hidden rounded bg-surface-2">
      <span className="bg-accent" style={{ width: `${kept * 100}%` }} />
      <span className="bg-line-strong" style={{ width: `${free * 100}%` }} />
    </span>
  );
}
