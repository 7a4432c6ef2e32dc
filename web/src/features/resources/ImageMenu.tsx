import { Menu } from "@base-ui/react/menu";
import Copy from "lucide-react/icons/copy";
import ExternalLink from "lucide-react/icons/external-link";
import HardDriveDownload from "lucide-react/icons/hard-drive-download";
import Tag from "lucide-react/icons/tag";
import Trash2 from "lucide-react/icons/trash-2";
import Upload from "lucide-react/icons/upload";
import { useLocation } from "wouter";
import { saveUrl } from "../../api/resources";
import { announce } from "../../components/Announcer";
import { copyText } from "../../components/copyText";
import { imagePath } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";
import { download } from "./download";
import { MenuAction } from "./MenuAction";
import type { ImageRow } from "./model/imageRow";
import { useAddress } from "./useAddress";
import { useMay } from "./useMay";

/** What can be done with an image. */
export function ImageMenu({ row }: { row: ImageRow }) {
  const [, navigate] = useLocation();
  const at = useAddress();
  const desk = deskOf(useLive());
  const may = useMay();
  const { image } = row;
  const [tag] = image.tags;
  return (
    <>
      <MenuAction
        icon={<ExternalLink size={14} aria-hidden />}
        label="Open"
        keys="Enter"
        onChoose={() => navigate(at(imagePath(image.id), image.engine))}
      />
      <Menu.Separator className="my-1 h-px bg-line" />
      <MenuAction
        icon={<Tag size={14} aria-hidden />}
        label="Tag…"
        reason={may.change}
        onChoose={() => desk.ask({ kind: "tag", image: row.key })}
      />
      <MenuAction
        icon={<Upload size={14} aria-hidden />}
        label="Push…"
        reason={may.change ?? (tag === undefined ? "It has no tag to push it by" : null)}
        onChoose={() =>
          tag !== undefined && desk.ask({ kind: "push", reference: tag, engine: row.engine, platform: "" })
        }
      />
      <MenuAction
        icon={<HardDriveDownload size={14} aria-hidden />}
        label="Save to a file"
        reason={may.save}
        onChoose={() => download(saveUrl(image))}
      />
      <MenuAction
        icon={<Trash2 size={14} aria-hidden />}
        label="Remove…"
        bad
        keys="Del"
        reason={may.remove}
        onChoose={() => desk.ask({ kind: "remove", of: "images", keys: [row.key] })}
      />
      <Menu.Separator className="my-1 h-px bg-line" />
      <MenuAction icon={<Copy size={14} aria-hidden />} label="Copy id" onChoose={() => copy("id", image.id)} />
      {tag !== undefined && (
        <MenuAction icon={<Copy size={14} aria-hidden />} label="Copy tag" onChoose={() => copy("tag", tag)} />
      )}
    </>
  );
}

async function copy(what: string, text: string): Promise<void> {
  const ok = await copyText(text);
  announce(ok ? `${what} copied` : "Could not copy: the browser refused the clipboard");
}
