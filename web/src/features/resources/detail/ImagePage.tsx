import { useCallback } from "react";
import { getImage } from "../../../api/resources";
import type { Container, Image } from "../../../api/types.gen";
import { Prose } from "../../../components/Prose";
import { IMAGES_PATH } from "../../../components/routes";
import { LabelsSection } from "../../../components/sections/LabelsSection";
import { type ImageRow, isDangling } from "../model/imageRow";
import { NameMark } from "../NameMark";
import { useImageRows } from "../useRows";
import { ContainerLinks } from "./ContainerLinks";
import { DetailHead } from "./DetailHead";
import { ImageActions } from "./ImageActions";
import { ImageFacts } from "./ImageFacts";
import { ImageTags } from "./ImageTags";
import { LayerHistory } from "./LayerHistory";
import { Missing } from "./Missing";
import { useDetails } from "./useDetails";

const LIST = { path: IMAGES_PATH, title: "Images" };

/** One image: what it is called, what it is made of, and who uses it. */
export function ImagePage({ id }: { id: string }) {
  const { loaded, rows } = useImageRows();
  const row = rows.find((r) => r.image.id.replace(/^sha256:/, "").startsWith(id));
  return row ? <There key={row.key} row={row} /> : <Missing one="image" id={id} list={LIST} loaded={loaded} />;
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
