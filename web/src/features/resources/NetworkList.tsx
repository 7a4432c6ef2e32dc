import { Menu } from "@base-ui/react/menu";
import Eraser from "lucide-react/icons/eraser";
import ExternalLink from "lucide-react/icons/external-link";
import Plug from "lucide-react/icons/plug";
import Plus from "lucide-react/icons/plus";
import Trash2 from "lucide-react/icons/trash-2";
import { useLocation } from "wouter";
import { networkPath } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { ActButton } from "./ActButton";
import { deskOf } from "./desk";
import { ListEmpty } from "./ListEmpty";
import { ResourceList } from "./list/ResourceList";
import { MenuAction } from "./MenuAction";
import { isBuiltIn } from "./model/networkRow";
import { NETWORKS } from "./networks";
import { RemoveButton } from "./RemoveButton";
import { useAddress } from "./useAddress";
import { useMay } from "./useMay";
import { useNetworkRows } from "./useRows";

/** All networks. */
export function NetworkList() {
  const [, navigate] = useLocation();
  const at = useAddress();
  const desk = deskOf(useLive());
  const rows = useNetworkRows();
  const may = useMay();
  const remove = (keys: readonly string[]) => desk.ask({ kind: "remove", of: "networks", keys });
  return (
    <ResourceList
      kind={NETWORKS}
      of={rows}
      actions={
        <>
          <ActButton
            reason={may.change}
            title="Remove what nothing uses"
            aria-label="Prune"
            onClick={() => desk.ask({ kind: "prune", of: "networks" })}
          >
            <Eraser size={14} aria-hidden />
            <span className="max-sm:hidden">Prune</span>
          </ActButton>
          <ActButton tone="primary" reason={may.change} onClick={() => desk.ask({ kind: "createNetwork" })}>
            <Plus size={14} aria-hidden />
            Create
          </ActButton>
        </>
      }
      empty={
        <ListEmpty title="No networks">
          <p className="text-text-2">The engine has told of none.</p>
        </ListEmpty>
      }
      menu={(row) => (
        <>
          <MenuAction
            icon={<ExternalLink size={14} aria-hidden />}
            label="Open"
            keys="Enter"
            onChoose={() => navigate(at(networkPath(row.network.id), row.engine))}
          />
          <Menu.Separator className="my-1 h-px bg-line" />
          <MenuAction
            icon={<Plug size={14} aria-hidden />}
            label="Connect a container…"
            reason={may.change}
            onChoose={() => desk.ask({ kind: "connect", network: row.key })}
          />
          <MenuAction
            icon={<Trash2 size={14} aria-hidden />}
            label="Remove…"
            bad
            keys="Del"
            reason={may.remove ?? (isBuiltIn(row.network) ? "Every engine has it: it can't be removed" : null)}
            onChoose={() => remove([row.key])}
          />
        </>
      )}
      bulk={(selected) => <RemoveButton keys={selected.map((r) => r.key)} reason={may.remove} onRemove={remove} />}
      onRemove={may.remove === null ? remove : undefined}
    />
  );
}
