import ChevronRight from "lucide-react/icons/chevron-right";
import { Link } from "wouter";
import { alertsOf, firingWords } from "../../components/alert/AlertMark";
import { SeverityIcon } from "../../components/alert/SeverityIcon";
import { StateWord } from "../../components/container/StateWord";
import { isAlive } from "../../components/container/stateView";
import { CONTAINERS_PATH, type ContainerTab } from "../../components/routes";
import { Copyable } from "../../components/sections/Copyable";
import type { Moment } from "../../lib/moment";
import { useFiring } from "../../store/hooks";
import { useLastKnown } from "../../store/useLastKnown";
import { ActionButtons } from "../actions/ActionButtons";
import { ContainerKeys } from "./ContainerKeys";
import { GoneBanner } from "./GoneBanner";
import { HealthWord } from "./HealthWord";
import { LiveFigures } from "./LiveFigures";
import { TabLinks } from "./TabLinks";
import { Uptime } from "./Uptime";
import type { Shown } from "./useShown";

interface ContainerHeadProps {
  shown: Extract<Shown, { kind: "there" | "gone" }>;
  tab: ContainerTab;
  /** The moment that is looked around. */
  moment: Moment | null;
}

/** Who it is and how it is, what can be done with it, and the links to its parts. */
export function ContainerHead({ shown, tab, moment }: ContainerHeadProps) {
  const { key, container: c } = shown.entry;
  const known = useLastKnown();
  const firing = useFiring(key);
  const lastKnown = shown.kind === "there" && (known === "all" || known.has(c.engine));
  return (
    <header className="shrink-0 border-b border-line px-4 pt-2">
      <nav aria-label="Where you are" className="flex items-center gap-1 text-sm text-text-3">
        <Link href={CONTAINERS_PATH} className="hover:text-text-1 hover:underline">
          Containers
        </Link>
        {c.project !== "" && (
          <>
            <ChevronRight size={12} aria-hidden />
            <Link
              href={`${CONTAINERS_PATH}?q=${encodeURIComponent(`project:${c.project}`)}`}
              className="hover:text-text-1 hover:underline"
            >
              {c.project}
            </Link>
          </>
        )}
      </nav>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 truncate text-lg font-semibold outline-none" tabIndex={-1} title={c.id}>
          {c.name}
        </h1>
        {shown.kind === "there" && (
          <>
            <StateWord container={c} />
            <HealthWord container={c} />
            <Uptime container={c} />
            {firing !== "" && <Firing firing={firing} name={c.name} />}
            {lastKnown && (
              <span className="text-sm text-text-3" title="Nothing new can come now">
                last known
              </span>
            )}
            <span className="ms-auto">
              <ActionButtons container={c} />
              {/* Not beside a terminal: what is typed a moment too early or late must not stop it. */}
              {tab !== "terminal" && <ContainerKeys container={c} />}
            </span>
          </>
        )}
      </div>
      <div className="flex min-h-6 flex-wrap items-baseline gap-x-4 text-sm text-text-2">
        <span className="min-w-0 font-mono">
          <Copyable what="image" text={c.image}>
            {c.image}
          </Copyable>
        </span>
        {shown.kind === "there" && isAlive(c) && <LiveFigures container={c} />}
      </div>
      {shown.kind === "gone" && <GoneBanner container={c} noticedAt={shown.noticedAt} />}
      <TabLinks containerKey={key} name={c.name} tab={tab} moment={moment} />
    </header>
  );
}

/** That alerts fire for it, and the way to them. */
function Firing({ firing, name }: { firing: string; name: string }) {
  const { says, severity } = firingWords(firing);
  return (
    <Link href={alertsOf(name)} className="flex items-center gap-1 text-sm hover:underline" data-alerts>
      <SeverityIcon severity={severity} />
      {says}
    </Link>
  );
}
