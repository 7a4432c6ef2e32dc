import type { Image } from "../../../api/types.gen";
import type { Row } from "./kind";

export interface ImageRow extends Row {
  readonly image: Image;
  /** How many containers are made from it, running or not. */
  readonly uses: number;
}

/** The digits that people write. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}

/** An image without a tag: what a newer build or pull has taken the name from. */
export function isDangling(image: Image): boolean {
  return image.tags.length === 0;
}

/** Its first tag; without one, where it was pulled from, or else its id. */
export function imageName(image: Image): string {
  const [tag] = image.tags;
  if (tag !== undefined) return tag;
  const [digest] = image.digests;
  return digest === undefined ? shortId(image.id) : digest.replace(/@sha256:([0-9a-f]{12}).*$/, "@$1");
}

const made = new WeakMap<Image, ImageRow>();

export function imageRow(image: Image, uses: number): ImageRow {
  const before = made.get(image);
  if (before?.uses === uses) return before;
  const row = { key: `${image.engine}/${image.id}`, engine: image.engine, name: imageName(image), image, uses };
  made.set(image, row);
  return row;
}
