import { Dialog } from "@base-ui/react/dialog";
import Search from "lucide-react/icons/search";
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from "react";
import { navigate } from "wouter/use-browser-location";
import { containerPath } from "../../components/routes";
import { useActions } from "../../features/actions/useActions";
import { useLive } from "../../store/hooks";
import { overlay } from "../overlay";
import { signOut } from "../signOut";
import { takeTyped } from "../typeAhead";
import { verbsOf } from "./actionCommands";
import { PaletteOption } from "./PaletteOption";
import { recentIds, rememberId } from "./recent";
import { find, type Result } from "./results";
import { shellCommands } from "./shellCommands";

/** Finds containers, actions, pages and settings by a few letters of theirs. */
export function Palette({ open }: { open: boolean }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => overlay.set(next ? "palette" : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="qw-backdrop" />
        <Dialog.Popup
          className="qw-popup fixed start-1/2 top-[12vh] z-50 flex max-h-[76vh] w-160 max-w-[calc(100vw-16px)] -translate-x-1/2 flex-col overflow-hidden"
          finalFocus={() => !movedOn && overlay.giveBack()}
        >
          <Dialog.Title className="sr-only">Find and do</Dialog.Title>
          <Finder />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Whether what was chosen has put the focus somewhere itself. */
let movedOn = false;

function Finder() {
  const live = useLive();
  const actions = useActions();
  const list = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  // What there was when it was opened: a list that moves by itself can't be chosen from.
  const [known] = useState(() => {
    movedOn = false;
    return {
      commands: shellCommands(() => signOut(live)),
      containers: live.store
        .view()
        .containers.entries.toSorted((a, b) => (a.container.name < b.container.name ? -1 : 1)),
      recent: recentIds(),
    };
  });
  const asked = useDeferredValue(query);
  const search = (words: string) =>
    find(words, known.commands, known.containers, known.recent, (e) => verbsOf(e, { ...actions, go: navigate }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was known when it was opened, with what can be done then
  const found = useMemo(() => search(asked), [asked, known]);
  const at = Math.min(active, found.results.length - 1);

  const choose = (result: Result) => {
    rememberId(result.id);
    movedOn = result.kind === "container" || MOVES.test(result.command.id);
    overlay.set(null);
    if (result.kind === "container") navigate(containerPath(result.entry.key));
    else result.command.run();
  };
  // From here on the keys come here by themselves.
  const onFocus = () => {
    const typed = takeTyped();
    const first = typed.entered ? search(typed.text).results[0] : undefined;
    if (first) choose(first);
    else if (typed.text !== "") setQuery(typed.text);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const step = STEPS[e.key];
    const count = found.results.length;
    if (e.key === "Enter") {
      // Whoever types quickly means what he has typed, not what is drawn yet.
      const result = asked === query ? found.results[at] : search(query).results[0];
      if (result) choose(result);
    } else if (step !== undefined && count > 0) setActive((at + step + count) % count);
    else return;
    e.preventDefault();
  };

  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search size={16} aria-hidden className="shrink-0 text-text-3" />
        <input
          type="text"
          role="combobox"
          aria-label="Find containers, actions, pages and settings"
          aria-expanded={found.results.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined}
          placeholder="Find containers, actions, pages, settings …"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(e) => {
            setQuery(e.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          onFocus={onFocus}
          className="h-11 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-text-3"
        />
        <kbd className="qw-kbd max-sm:hidden">Esc</kbd>
      </div>
      <div id={list} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1">
        {found.results.map((result, i) => (
          <PaletteOption
            key={result.id}
            id={`${list}-${i}`}
            result={result}
            active={i === at}
            onPoint={() => setActive(i)}
            onChoose={() => choose(result)}
          />
        ))}
      </div>
      {found.total === 0 && <p className="px-3 py-6 text-center text-text-2">Nothing is called that.</p>}
      <p role="status" className="sr-only">
        {asked === "" ? "" : `${found.total} found`}
      </p>
      {found.total > found.results.length && (
        <p className="border-t border-line px-3 py-1.5 text-sm text-text-3">
          The best {found.results.length} of {found.total}
        </p>
      )}
    </>
  );
}

/** Commands that go somewhere, or open what has the focus then. All others give it back. */
const MOVES = /^(go\.|keys$|logs |remove |rename )/;

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
