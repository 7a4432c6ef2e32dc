import { imagePath } from "../../components/routes";
import { Ago } from "./Ago";
import { type ImageRow, isDangling, shortId } from "./model/imageRow";
import type { Kind } from "./model/kind";
import { NameMark } from "./NameMark";
import { Size } from "./Size";
import { Uses } from "./Uses";

/** The list of images. */
export const IMAGES: Kind<ImageRow> = {
  id: "images",
  one: "image",
  many: "images",
  title: "Images",
  path: (row) => imagePath(row.image.id),
  text: (row) => [...row.image.tags, ...row.image.digests, row.image.id.replace(/^sha256:/, "")],
  fields: {
    tag: (row) => row.image.tags,
    label: (row) => Object.entries(row.image.labels).map(([name, value]) => `${name}=${value}`),
    id: (row) => [row.image.id.replace(/^sha256:/, "")],
  },
  flags: [
    { word: "unused", title: "No container is made from it", test: (row) => row.uses === 0 },
    { word: "dangling", title: "No tag names it any more", test: (row) => isDangling(row.image) },
  ],
  columns: [
    {
      id: "name",
      label: "Tags",
      title: "The names it has",
      min: 168,
      grow: 4,
      rank: 0,
      sortBy: (row) => (isDangling(row.image) ? "" : row.name),
      cell: (row) => (
        <>
          {row.name}
          {isDangling(row.image) && <NameMark word="dangling" title="No tag names it any more" />}
          {row.image.tags.length > 1 && (
            <NameMark word={`+${row.image.tags.length - 1}`} title={row.image.tags.slice(1).join("\n")} />
          )}
        </>
      ),
    },
    {
      id: "engine",
      label: "Engine",
      title: "The engine that has it",
      min: 100,
      grow: 1,
      rank: 5,
      sortBy: (row) => row.engine,
      cell: (row) => row.engine,
    },
    {
      id: "id",
      label: "Id",
      title: "The first digits of its id",
      min: 112,
      grow: 0.5,
      rank: 4,
      sortBy: (row) => row.image.id,
      cell: (row) => <span className="font-mono text-text-2">{shortId(row.image.id)}</span>,
    },
    {
      id: "size",
      label: "Size",
      title: "All its layers, unpacked",
      min: 88,
      grow: 0.4,
      rank: 1,
      numeric: true,
      sortBy: (row) => row.image.sizeBytes,
      cell: (row) => <Size bytes={row.image.sizeBytes} />,
    },
    {
      id: "shared",
      label: "Shared",
      title: "How much of it other images have too, as last measured",
      min: 88,
      grow: 0.4,
      rank: 6,
      numeric: true,
      sortBy: (row) => row.image.sharedBytes ?? Number.NaN,
      cell: ({ image }) =>
        image.sharedBytes === null ? (
          <span className="qw-quiet" title="Not computed yet">
            —
          </span>
        ) : (
          <Size bytes={image.sharedBytes} />
        ),
    },
    {
      id: "age",
      label: "Created",
      title: "When it was built",
      min: 92,
      grow: 0.4,
      rank: 3,
      numeric: true,
      sortBy: (row) => Date.parse(row.image.createdAt ?? ""),
      cell: (row) => <Ago time={row.image.createdAt} />,
    },
    {
      id: "uses",
      label: "Used by",
      title: "Containers that are made from it, running or not",
      min: 104,
      grow: 0.5,
      rank: 2,
      numeric: true,
      sortBy: (row) => row.uses,
      cell: (row) => <Uses count={row.uses} />,
    },
  ],
};
