import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { prunePlan } from "../../../api/resources";
import type { PruneKind, PruneOptions, PrunePlan } from "../../../api/types.gen";
import { formatBytes, quantityText } from "../../../components/format/quantity";
import { Prose } from "../../../components/Prose";
import { useEngines, useLive } from "../../../store/hooks";
import type { Thing } from "../desk";
import { DetailReader } from "../detail/detailReader";
import { begin } from "../jobs";
import { KIND_WORDS, pruneTitle } from "../model/prune";
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
    void next.refresh();
  }, [live, options, engine?.id]);
  const toggle = (kind: PruneKind, on: boolean) => setKinds(ALL.filter((k) => (k === kind ? on : kinds.includes(k))));
  const plan = usePlan(reader);
  const items = plan.data?.items ?? [];
  const volumes = items.some((i) => i.kind === "volumes");
  const wanted = volumes ? String(items.length) : null;
  const submit = () => {
    onClose();
    const request = { kind: "prune" as const, options: {}, prune: options };
    void begin(live, engine ? { ...request, engine: engine.id } : request, "Could not prune");
  };
  return (
    <FormFrame
      title={pruneTitle(of)}
      verb={items.length === 0 ? "Prune" : `Remove ${items.length}`}
      bad
      ready={kinds.length > 0 && items.length > 0 && !plan.loading && (wanted === null || said.trim() === wanted)}
      onSubmit={submit}
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
      <Preview plan={plan.data} loading={plan.loading} problem={plan.problem} />
      {wanted !== null && <TextField label={`Type ${wanted} to confirm`} value={said} onChange={setSaid} />}
    </FormFrame>
  );
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
  loading: boolean;
  problem: string;
}

function Preview({ plan, loading, problem }: PreviewProps) {
  if (problem !== "") {
    return (
      <p role="alert" className="text-bad">
        <Prose text={problem} />
      </p>
    );
  }
  if (plan === null || loading) return <p role="status">Looking at what would go…</p>;
  if (plan.items.length === 0) return <p role="status">Nothing would go: everything there is, is used.</p>;
  return (
    <>
      <p className="text-text-2" role="status" data-testid="prune-total">
        {plan.items.length === 1 ? "1 thing goes" : `${plan.items.length} things go`} and{" "}
        {plan.complete ? "" : "at least "}
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
