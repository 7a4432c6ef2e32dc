import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { InspectTree } from "./InspectTree";
import { ReadAt } from "./ReadAt";
import { TreeSearch } from "./TreeSearch";
import { useInspection } from "./useInspection";
import { useTree } from "./useTree";

/** The engine's own document as a tree that can be searched. The environment's values are masked in it. */
export function InspectTab({ containerKey, name }: { containerKey: string; name: string }) {
  const inspected = useInspection(containerKey);
  const { doc } = inspected;
  const tree = useTree(doc);
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-testid="inspect">
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <TreeSearch tree={tree} />
        <Button tone="quiet" onClick={tree.openAll}>
          Open all
        </Button>
        <Button tone="quiet" onClick={tree.closeAll}>
          Close all
        </Button>
        {/* On a telephone how old it is has a line of its own, below what can be pressed. */}
        <span className="max-sm:order-1 sm:ms-auto">
          <ReadAt inspected={inspected} />
        </span>
        <span className="max-sm:ms-auto">
          <CopyButton label="Copy all" text={() => JSON.stringify(doc, null, 2)} />
        </span>
      </div>
      {doc && <InspectTree doc={doc} tree={tree} name={name} />}
    </div>
  );
}
