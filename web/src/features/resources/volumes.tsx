import { volumePath } from "../../components/routes";
import { Ago } from "./Ago";
import type { Kind } from "./model/kind";
import { isAnonymous, type VolumeRow } from "./model/volumeRow";
import { NameMark } from "./NameMark";
import { Uses } from "./Uses";
import { VolumeSize } from "./VolumeSize";

/** The list of volumes. */
export const VOLUMES: Kind<VolumeRow> = {
  id: "volumes",
  one: "volume",
  many: "volumes",
  title: "Volumes",
  path: (row) => volumePath(row.volume.name),
  text: (row) => [row.volume.name, row.volume.project, row.volume.driver],
  fields: {
    driver: (row) => [row.volume.driver],
    project: (row) => [row.volume.project],
    label: (row) => Object.entries(row.volume.labels).map(([name, value]) => `${name}=${value}`),
  },
  flags: [
    { word: "unused", title: "No container mounts it", test: (row) => row.uses === 0 },
    { word: "anonymous", title: "The engine made up its name", test: (row) => isAnonymous(row.volume) },
  ],
  columns: [
    {
      id: "name",
      label: "Name",
      title: "The volume's name",
      min: 168,
      grow: 3,
      rank: 0,
      sortBy: (row) => row.volume.name,
      cell: ({ volume }) =>
        isAnonymous(volume) ? (
          <>
            <span className="font-mono">{volume.name.slice(0, 12)}…</span>
            <NameMark word="anonymous" title="The engine made up its name" />
          </>
        ) : (
          volume.name
        ),
    },
    {
      id: "engine",
      label: "Engine",
      title: "The engine that has it",
      min: 100,
      grow: 1,
      rank: 6,
      sortBy: (row) => row.engine,
      cell: (row) => row.engine,
    },
    {
      id: "project",
      label: "Project",
      title: "Compose project",
      min: 88,
      grow: 1,
      rank: 4,
      sortBy: (row) => row.volume.project,
      cell: (row) => row.volume.project,
    },
    {
      id: "driver",
      label: "Driver",
      title: "What keeps its files",
      min: 72,
      grow: 0.6,
      rank: 3,
      sortBy: (row) => row.volume.driver,
      cell: (row) => row.volume.driver,
    },
    {
      id: "size",
      label: "Size",
      title: "What its files took when it was last measured",
      min: 88,
      grow: 0.5,
      rank: 1,
      numeric: true,
      sortBy: (row) => row.volume.sizeBytes ?? Number.NaN,
      cell: (row) => <VolumeSize volume={row.volume} />,
    },
    {
      id: "age",
      label: "Created",
      title: "When it was made",
      min: 92,
      grow: 0.4,
      rank: 5,
      numeric: true,
      sortBy: (row) => Date.parse(row.volume.createdAt ?? ""),
      cell: (row) => <Ago time={row.volume.createdAt} />,
    },
    {
      id: "uses",
      label: "Used by",
      title: "Containers that mount it, running or not",
      min: 104,
      grow: 0.5,
      rank: 2,
      numeric: true,
      sortBy: (row) => row.uses,
      cell: (row) => <Uses count={row.uses} />,
    },
  ],
};
