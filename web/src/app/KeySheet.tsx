import { Dialog } from "@base-ui/react/dialog";
import X from "lucide-react/icons/x";
import { Link } from "wouter";
import { Button } from "../components/Button";
import { boundKeys, type KeyBinding } from "../components/keys";
import { KeysShown } from "../components/keysShown";
import { usePreference } from "../components/preference";
import { singleKeysPreference } from "../components/preferences";
import { SETTINGS_PATH } from "../components/routes";
import { overlay } from "./overlay";

/** The keys that do something here and now. */
export function KeySheet({ open }: { open: boolean }) {
  const single = usePreference(singleKeysPreference) === "on";
  return (
    <Dialog.Root open={open} onOpenChange={(next) => overlay.set(next ? "keys" : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="qw-backdrop" />
        <Dialog.Popup
          finalFocus={overlay.giveBack}
          className="qw-popup fixed start-1/2 top-1/2 z-50 flex max-h-[86vh] w-160 max-w-[calc(100vw-16px)] -translate-1/2 flex-col"
        >
          <div className="flex items-center justify-between border-b border-line py-2 ps-4 pe-2">
            <Dialog.Title className="text-base font-semibold">Keys</Dialog.Title>
            <Dialog.Close render={<Button tone="quiet" className="px-1" aria-label="Close" />}>
              <X size={16} aria-hidden />
            </Dialog.Close>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="overflow-y-auto px-4 py-3" tabIndex={0} aria-label="List of keys">
            <div className="columns-1 gap-8 sm:columns-2">
              {open && groups().map(([group, keys]) => <Group key={group} name={group} keys={keys} />)}
            </div>
          </section>
          <p className="border-t border-line px-4 py-2 text-sm text-text-2">
            {single ? "Single keys do nothing while you type. " : "Single keys are switched off. "}
            <Link href={SETTINGS_PATH} className="text-accent underline" onClick={() => overlay.set(null)}>
              {single ? "Switch them off" : "Switch them on"}
            </Link>
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ name, keys }: { name: string; keys: readonly KeyBinding[] }) {
  return (
    <section className="mb-4 break-inside-avoid">
      <h3 className="mb-1 text-sm font-semibold text-text-2">{name}</h3>
      <dl>
        {keys.map((k) => (
          <div key={k.keys} className="flex items-center justify-between gap-4 border-t border-line py-1">
            <dt className="min-w-0">{k.what}</dt>
            <dd className="shrink-0">
              <KeysShown keys={k.keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const FIRST = ["Everywhere", "Go to"];

/** What is bound, by group; of keys that are bound twice, the one that acts. */
function groups(): [string, KeyBinding[]][] {
  const byGroup = new Map<string, KeyBinding[]>(FIRST.map((g) => [g, []]));
  const seen = new Set<string>();
  for (const b of boundKeys().toReversed()) {
    if (seen.has(b.keys)) continue;
    seen.add(b.keys);
    byGroup.set(b.group, [b, ...(byGroup.get(b.group) ?? [])]);
  }
  return [...byGroup].filter(([, keys]) => keys.length > 0);
}
