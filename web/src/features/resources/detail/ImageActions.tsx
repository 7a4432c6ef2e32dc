import HardDriveDownload from "lucide-react/icons/hard-drive-download";
import Tag from "lucide-react/icons/tag";
import Trash2 from "lucide-react/icons/trash-2";
import Upload from "lucide-react/icons/upload";
import { saveUrl } from "../../../api/resources";
import { useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { deskOf } from "../desk";
import { download } from "../download";
import type { ImageRow } from "../model/imageRow";
import { useMay } from "../useMay";

/** What can be done with an image, on its own page. */
export function ImageActions({ row }: { row: ImageRow }) {
  const desk = deskOf(useLive());
  const may = useMay();
  const [tag] = row.image.tags;
  return (
    <>
      <ActButton reason={may.change} onClick={() => desk.ask({ kind: "tag", image: row.key })}>
        <Tag size={14} aria-hidden />
        Tag
      </ActButton>
      <ActButton
        reason={may.change ?? (tag === undefined ? "It has no tag to push it by" : null)}
        onClick={() =>
          tag !== undefined && desk.ask({ kind: "push", reference: tag, engine: row.engine, platform: "" })
        }
      >
        <Upload size={14} aria-hidden />
        Push
      </ActButton>
      <ActButton reason={may.save} onClick={() => download(saveUrl(row.image))}>
        <HardDriveDownload size={14} aria-hidden />
        Save
      </ActButton>
      <ActButton reason={may.remove} onClick={() => desk.ask({ kind: "remove", of: "images", keys: [row.key] })}>
        <Trash2 size={14} aria-hidden className="text-bad" />
        Remove
      </ActButton>
    </>
  );
}
