import { Link } from "wouter";
import { StateWord } from "../../components/container/StateWord";
import { CONTAINERS_PATH, type ContainerTab } from "../../components/routes";
import { TabLinks } from "./TabLinks";
import type { Shown } from "./useShown";

interface ContainerHeadProps {
  shown: Extract<Shown, { kind: "there" | "gone" }>;
  tab: ContainerTab;
}

/** Who it is and how it is, and the links to its parts. */
export function ContainerHead({ shown, tab }: ContainerHeadProps) {
  const { key, container: c } = shown.entry;
  return (
    <header className="shrink-0 border-b border-line px-4 pt-3">
      <Link href={CONTAINERS_PATH} className="text-sm text-text-3 hover:text-text-1">
        Containers
      </Link>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 truncate text-lg font-semibold">{c.name}</h1>
        <StateWord container={c} />
      </div>
      <TabLinks containerKey={key} name={c.name} tab={tab} />
    </header>
  );
}
