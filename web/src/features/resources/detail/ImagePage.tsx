import { useCallback } from "react";
import { getImage } from "../../../api/resources";
import type { Container, Image } from "../../../api/types.gen";
import { Prose } from "../../../components/Prose";
import { IMAGES_PATH } from "../../../components/routes";
import { LabelsSection } from "../../../components/sections/LabelsSection";
import { IMAGES } from "../images";
import { beginsWith } from "../model/found";
import { type ImageRow, isDangling } from "../model/imageRow";
import { NameMark } from "../NameMark";
import { useImageRows } from "../useRows";
import { ContainerLinks } from "./ContainerLinks";
import { Detail } from "./Detail";
import { DetailHead } from "./DetailHead";
import { ImageActions } from "./ImageActions";
import { ImageFacts } from "./ImageFacts";
import { ImageTags } from "./ImageTags";
import { LayerHistory } from "./LayerHistory";
import { useDetails } from "./useDetails";

const LIST = { path: IMAGES_PATH, title: "Images" };

/** One image: what it is called, what it is made of, and who uses it. */
export function ImagePage({ id }: { id: string }) {
  const means = [
    (r: ImageRow) => r.image.id.replace(/^sha256:/, "") === id,
    (r: ImageRow) => r.image.tags.includes(id) || r.image.tags.includes(`${id}:latest`),
    (r: ImageRow) => beginsWith(r.image.id, id),
  ];
  return (
    <Detail kind={IMAGES} list={LIST} id={id} means={means} of={useImageRows()}>
      {(row) => <There key={row.key} row={row} />}
    </Detail>
  );
}

function There({ row }: { row: ImageRow }) {
  const { image } = row;
  const details = useDetails<Image, Awaited<ReturnType<typeof getImage>>>(image, getImage);
  const uses = useCallback(
    (c: Container) => c.imageId === image.id && c.engine === image.engine,
    [image.id, image.engine],
  );
  return (
    <section
      aria-label={`Image ${row.name}`}
      data-image={row.key}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
    >
      <DetailHead
        list={LIST}
        of={row.key}
        name={row.name}
        marks={isDangling(image) && <NameMark word="dangling" title="No tag names it any more" />}
      >
        <ImageActions row={row} />
      </DetailHead>
      <div className="min-h-0 flex-1 overflow-auto p-4" data-page-scroll>
        {details.problem !== "" && (
          <p role="alert" className="mb-3 text-bad">
            <Prose text={details.problem} />
          </p>
        )}
        <div className="columns-[400px] gap-4">
          <ImageFacts image={image} doc={details.data?.inspect ?? null} />
          <ImageTags row={row} />
          <ContainerLinks title="Containers" none="No container is made from it." uses={uses} />
          <LabelsSection labels={image.labels} />
        </div>
        <div className="mt-4">
          <LayerHistory layers={details.data?.history ?? null} />
        </div>
      </div>
    </section>
  );
}
