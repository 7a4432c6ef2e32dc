import type { Image } from "../../../api/types.gen";
import { Copyable } from "../../../components/sections/Copyable";
import { Facts } from "../../../components/sections/Facts";
import { Section } from "../../../components/sections/Section";
import { Ago } from "../Ago";
import { imageConfig } from "../model/imageConfig";
import { shortId } from "../model/imageRow";
import { Size } from "../Size";

interface ImageFactsProps {
  image: Image;
  /** The engine's inspect document, null before it was read. */
  doc: Readonly<Record<string, unknown>> | null;
}

/** What an image is. */
export function ImageFacts({ image, doc }: ImageFactsProps) {
  const config = imageConfig(doc);
  const facts = [
    {
      name: "Id",
      value: (
        <span className="font-mono text-sm">
          <Copyable what="image id" text={image.id}>
            {shortId(image.id)}
          </Copyable>
        </span>
      ),
    },
    { name: "Created", value: <Ago time={image.createdAt} /> },
    { name: "Size", value: <Size bytes={image.sizeBytes} /> },
    {
      name: "Shared",
      value:
        image.sharedBytes === null ? (
          <span className="text-text-3">not computed yet</span>
        ) : (
          <>
            <Size bytes={image.sharedBytes} /> <span className="text-text-3">as of </span>
            <span className="text-text-3">
              <Ago time={image.sharedAt} />
            </span>
          </>
        ),
    },
    ...config.map((c) => ({
      name: c.name,
      value: <span className="font-mono text-sm whitespace-pre-wrap">{c.value}</span>,
    })),
  ];
  return (
    <Section title="Image">
      <Facts facts={facts} />
    </Section>
  );
}
