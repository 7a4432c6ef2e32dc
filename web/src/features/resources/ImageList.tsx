import Download from "lucide-react/icons/download";
import Eraser from "lucide-react/icons/eraser";
import { useEffect } from "react";
import { useLive } from "../../store/hooks";
import { ActButton } from "./ActButton";
import { deskOf } from "./desk";
import { ImageMenu } from "./ImageMenu";
import { IMAGES } from "./images";
import { ListEmpty } from "./ListEmpty";
import { ResourceList } from "./list/ResourceList";
import { askedBy } from "./model/asked";
import { RemoveButton } from "./RemoveButton";
import { SizesAsOf } from "./SizesAsOf";
import { useMay } from "./useMay";
import { useImageRows } from "./useRows";

/** All images. */
export function ImageList() {
  const desk = deskOf(useLive());
  const rows = useImageRows();
  const may = useMay();
  const pull = () => desk.ask({ kind: "pull", reference: "", engine: "", platform: "" });
  // A link may ask for a pull: the one of an engine without containers does.
  useEffect(() => {
    const asked = askedBy(location.hash);
    if (asked === null) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    desk.ask(asked);
  }, [desk]);
  const remove = (keys: readonly string[]) => desk.ask({ kind: "remove", of: "images", keys });
  const pullButton = (
    <ActButton tone="primary" reason={may.change} onClick={pull}>
      <Download size={14} aria-hidden />
      Pull
    </ActButton>
  );
  return (
    <ResourceList
      kind={IMAGES}
      of={rows}
      actions={
        <>
          <SizesAsOf />
          <ActButton
            reason={may.change}
            title="Remove what nothing uses"
            aria-label="Prune"
            onClick={() => desk.ask({ kind: "prune", of: "images" })}
          >
            <Eraser size={14} aria-hidden />
            <span className="max-sm:hidden">Prune</span>
          </ActButton>
          {pullButton}
        </>
      }
      empty={
        <ListEmpty title="No images yet">
          <p className="text-text-2">The engine has none. Pull one, and it appears here as it comes.</p>
          {pullButton}
        </ListEmpty>
      }
      menu={(row) => <ImageMenu row={row} />}
      bulk={(selected) => <RemoveButton keys={selected.map((r) => r.key)} reason={may.remove} onRemove={remove} />}
      onRemove={may.remove === null ? remove : undefined}
    />
  );
}
