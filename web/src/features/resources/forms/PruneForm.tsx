import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { DetailReader } from "../../../api/reader";
import { prunePlan } from "../../../api/resources";
import type { PruneKind, PruneOptions, PrunePlan } from "../../../api/types.gen";
import { formatBytes, quantityText } from "../../../components/format/quantity";
import { Prose } from "../../../components/Prose";
import {
  useEngines,
  useLive,
  useLiveContainers,
  useLiveImages,
  useLiveNetworks,
  useLiveVolumes,
} from "../../../store/hooks";
import type { Thing } from "../desk";
import { begin } from "../jobs";
import { KIND_WORDS, nothingGoes, pruneTitle } from "../model/prune";
import { CheckField } from "./CheckField";
import { FormFrame } from "./FormFrame";
import { TextField } from "./TextField";

const ALL: readonly PruneKind[] = ["containers", "networks", "images", "volumes", "buildCache"];

interface PruneFormProps {
  of: Thing | "all";
  onClose: () => void;
}

/** What nothing uses any more, seen before it goes. */
export function PruneForm({ of, onClose }: PruneFormProps) {
  const live = useLive();
  const [engine] = useEngines();
  const [kinds, setKinds] = useState<readonly PruneKind[]>(of === "all" ? ["containers", "networks", "images"] : [of]);
  const [all, setAll] = useState(false);
  const [said, setSaid] = useState("");
  const options = useMemo(() => optionsOf(kinds, all), [kinds, all]);
  const [reader, setReader] = useState<DetailReader<PrunePlan> | null>(null);
  useEffect(() => {
    if (options.kinds.length === 0) return;
    const next = new DetailReader(() => prunePlan(live.client, options, engine?.id ?? ""));
    setReader(next);
  }, [live, options, engine?.id]);
  const toggle = (kind: PruneKind, on: boolean) => setKinds(ALL.filter((k) => (k === kind ? on : kinds.includes(k))));
  useChanges(reader);
  const plan = usePlan(reader);
  const items = plan.data?.items ?? [];
  const cached = cacheBytes(plan.data);
  const volumes = items.some((i) => i.kind === "volumes");
  const wanted = volumes ? String(items.length) : null;
  const submit = () => {
    const request = { kind: "prune" as const, options: {}, prune: options };
    return { what: "prune", answer: begin(live, engine ? { ...request, engine: engine.id } : request) };
  };
  return (
    <FormFrame
      title={pruneTitle(of)}
      verb={items.length === 0 ? "Prune" : `Remove ${items.length}`}
      bad
      ready={kinds.length > 0 && (items.length > 0 || cached > 0) && (wanted === null || said.trim() === wanted)}
      onSubmit={submit}
      onClose={onClose}
    >
      {of === "all" && (
        <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
          <legend className="sr-only">What is pruned</legend>
          {ALL.map((kind) => (
            <CheckField
              key={kind}
              label={KIND_WORDS[kind].title}
              checked={kinds.includes(kind)}
              onChange={(on) => toggle(kind, on)}
            />
          ))}
        </fieldset>
      )}
      {(kinds.includes("images") || kinds.includes("volumes")) && (
        <CheckField label={allLabel(kinds)} note="Otherwise only what has none goes." checked={all} onChange={setAll} />
      )}
      <Preview plan={plan.data} problem={plan.problem} options={options} />
      {wanted !== null && <TextField label={`Type ${wanted} to confirm`} value={said} onChange={setSaid} />}
    </FormFrame>
  );
}

/** What would go is asked for anew whenever something comes, goes or is used meanwhile. */
function useChanges(reader: DetailReader<PrunePlan> | null): void {
  const images = useLiveImages();
  const volumes = useLiveVolumes();
  const networks = useLiveNetworks();
  const containers = useLiveContainers();
  // biome-ignore lint/correctness/useExhaustiveDependencies: their change is why it is read again
  useEffect(() => void reader?.refresh(), [reader, images, volumes, networks, containers]);
}

/** The build cache has no items: its sum alone is known. */
function cacheBytes(plan: PrunePlan | null): number {
  return plan?.totals.find((t) => t.kind === "buildCache")?.bytes ?? 0;
}

const NONE = { data: null, loading: true, problem: "" };
const nothing = () => () => {};

function usePlan(reader: DetailReader<PrunePlan> | null) {
  return useSyncExternalStore(reader?.subscribe ?? nothing, reader?.state ?? (() => NONE));
}

function optionsOf(kinds: readonly PruneKind[], all: boolean): PruneOptions {
  return {
    kinds: [...kinds],
    ...(all && kinds.includes("images") && { allImages: true }),
    ...(all && kinds.includes("volumes") && { allVolumes: true }),
  };
}

function allLabel(kinds: readonly PruneKind[]): string {
  if (!kinds.includes("volumes")) return "Also images that have a tag";
  return kinds.includes("images") ? "Also images with a tag and volumes with a name" : "Also volumes that have a name";
}

interface PreviewProps {
  plan: PrunePlan | null;
  problem: string;
  options: PruneOptions;
}

function Preview({ plan, problem, options }: PreviewProps) {
  if (problem !== "") {
    return (
      <p role="alert" className="text-bad">
        <Prose text={problem} />
      </p>
    );
  }
  if (plan === null) return <p role="status">Looking at what would go…</p>;
  const cached = cacheBytes(plan);
  if (plan.items.length === 0 && cached === 0) {
    return <p role="status">{nothingGoes(options)}</p>;
  }
  return (
    <>
      <p className="text-text-2" role="status" data-testid="prune-total">
        {plan.items.length === 1 ? "1 thing goes" : `${plan.items.length} things go`}
        {cached > 0 && ", the build cache goes"} and {plan.complete ? "" : "at least "}
        {quantityText(formatBytes(plan.bytes))} {plan.bytes === 1 ? "is" : "are"} freed.
      </p>
      <ul className="max-h-48 overflow-auto rounded border border-line bg-surface-0 py-1" aria-label="What goes">
        {plan.items.map((i) => (
          <li key={`${i.kind} ${i.id}`} className="flex gap-3 px-3 py-0.5 text-sm">
            <span className="w-20 shrink-0 text-text-3">{KIND_WORDS[i.kind].one}</span>
            <span className="min-w-0 flex-1 truncate" title={i.name}>
              {i.name}
            </span>
            <span className="shrink-0 text-text-2">
              {i.sizeBytes === null ? "" : quantityText(formatBytes(i.sizeBytes))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
