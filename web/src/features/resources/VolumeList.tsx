import { Menu } from "@base-ui/react/menu";
import Eraser from "lucide-react/icons/eraser";
import ExternalLink from "lucide-react/icons/external-link";
import Plus from "lucide-react/icons/plus";
import Trash2 from "lucide-react/icons/trash-2";
import { useLocation } from "wouter";
import { volumePath } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { ActButton } from "./ActButton";
import { deskOf } from "./desk";
import { ListEmpty } from "./ListEmpty";
import { ResourceList } from "./list/ResourceList";
import { MenuAction } from "./MenuAction";
import { RemoveButton } from "./RemoveButton";
import { SizesAsOf } from "./SizesAsOf";
import { useAddress } from "./useAddress";
import { useMay } from "./useMay";
import { useVolumeRows } from "./useRows";
import { VOLUMES } from "./volumes";

/** All volumes. */
export function VolumeList() {
  const [, navigate] = useLocation();
  const at = useAddress();
  const desk = deskOf(useLive());
  const rows = useVolumeRows();
  const may = useMay();
  const remove = (keys: readonly string[]) => desk.ask({ kind: "remove", of: "volumes", keys });
  const create = (
    <ActButton tone="primary" reason={may.change} onClick={() => desk.ask({ kind: "createVolume" })}>
      <Plus size={14} aria-hidden />
      Create
    </ActButton>
  );
  return (
    <ResourceList
      kind={VOLUMES}
      of={rows}
      actions={
        <>
          <SizesAsOf />
          <ActButton
            reason={may.change}
            title="Remove what nothing uses"
            aria-label="Prune"
            onClick={() => desk.ask({ kind: "prune", of: "volumes" })}
          >
            <Eraser size={14} aria-hidden />
            <span className="max-sm:hidden">Prune</span>
          </ActButton>
          {create}
        </>
      }
      empty={
        <ListEmpty title="No volumes yet">
          <p className="text-text-2">What containers write to a volume outlives them. The engine has none.</p>
          {create}
        </ListEmpty>
      }
      menu={(row) => (
        <>
          <MenuAction
            icon={<ExternalLink size={14} aria-hidden />}
            label="Open"
            keys="Enter"
            onChoose={() => navigate(at(volumePath(row.volume.name), row.engine))}
          />
          <Menu.Separator className="my-1 h-px bg-line" />
          <MenuAction
            icon={<Trash2 size={14} aria-hidden />}
            label="Remove…"
            bad
            keys="Del"
            reason={may.remove}
            onChoose={() => remove([row.key])}
          />
        </>
      )}
      bulk={(selected) => <RemoveButton keys={selected.map((r) => r.key)} reason={may.remove} onRemove={remove} />}
      onRemove={may.remove === null ? remove : undefined}
    />
  );
}
