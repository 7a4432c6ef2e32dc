import X from "lucide-react/icons/x";
import { Copyable } from "../../../components/sections/Copyable";
import { Section } from "../../../components/sections/Section";
import { useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { deskOf } from "../desk";
import type { ImageRow } from "../model/imageRow";
import { tagRemoval } from "../removal";
import { useMay } from "../useMay";

/** The names of an image: its tags, each of which can be taken away while there are others, and its digests. */
export function ImageTags({ row }: { row: ImageRow }) {
  const live = useLive();
  const may = useMay();
  const { tags, digests } = row.image;
  const last = tags.length === 1 ? "It is the last one: remove the image instead" : null;
  return (
    <Section title={`Names (${tags.length + digests.length})`}>
      {tags.length + digests.length === 0 && <p className="text-text-2">It has none.</p>}
      <ul className="font-mono text-sm">
        {tags.map((tag) => (
          <li key={tag} className="flex items-center gap-1" data-tag={tag}>
            <Copyable what="tag" text={tag}>
              {tag}
            </Copyable>
            <ActButton
              tone="quiet"
              className="ms-auto px-1"
              aria-label={`Take away the tag ${tag}`}
              title="Take this tag away"
              reason={may.remove ?? last}
              onClick={() => void deskOf(live).one(tagRemoval(live.client, row, tag))}
            >
              <X size={14} aria-hidden />
            </ActButton>
          </li>
        ))}
        {digests.map((digest) => (
          <li key={digest} className="text-text-2">
            <Copyable what="digest" text={digest}>
              {digest}
            </Copyable>
          </li>
        ))}
      </ul>
    </Section>
  );
}
