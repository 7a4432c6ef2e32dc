// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays on the tree, which names its line (aria-activedescendant)
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the tree hears the keys of all its lines
import ChevronRight from "lucide-react/icons/chevron-right";
import { split, type TreeLine } from "./model/tree";

interface InspectLineProps {
  id: string;
  line: TreeLine;
  top: number;
  query: string;
  focused: boolean;
  onFocus: () => void;
  onToggle: () => void;
  onCopyValue: () => void;
  onCopyPath: () => void;
}

const TONES: Record<TreeLine["kind"], string> = {
  object: "text-text-3",
  array: "text-text-3",
  string: "text-running",
  number: "text-accent",
  boolean: "text-transitional",
  null: "text-text-3",
};

/** A line of the tree: name, value, and on the line that is looked at, what can be copied. */
export function InspectLine(props: InspectLineProps) {
  const { id, line, top, query, focused, onFocus, onToggle, onCopyValue, onCopyPath } = props;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={line.depth}
      aria-setsize={line.size}
      aria-posinset={line.position}
      aria-expanded={line.branch ? line.open : undefined}
      aria-selected={focused}
      data-path={line.id}
      onClick={() => {
        onFocus();
        if (line.branch) onToggle();
      }}
      className={`group/line absolute inset-x-0 top-0 flex h-6 items-center gap-1 pe-4 whitespace-pre ${
        focused ? "bg-accent-soft" : "hover:bg-surface-2"
      }`}
      style={{ transform: `translateY(${top}px)`, paddingInlineStart: `${8 + (line.depth - 1) * 16}px` }}
    >
      <ChevronRight
        size={14}
        aria-hidden
        className={`shrink-0 text-text-3 ${line.branch ? (line.open ? "rotate-90" : "") : "invisible"}`}
      />
      <span className="shrink-0">
        <Marked text={line.name} query={query} />:
      </span>
      <span className={`min-w-0 truncate ${TONES[line.kind]}`} title={line.text.length > 60 ? line.text : undefined}>
        {line.branch ? line.text : <Marked text={line.text} query={query} />}
      </span>
      <span
        className={`ms-auto shrink-0 gap-1 ps-2 font-sans text-xs ${focused ? "flex" : "hidden group-hover/line:flex"}`}
        aria-hidden
      >
        <Copy words="Copy value" onClick={onCopyValue} />
        <Copy words="Copy path" onClick={onCopyPath} />
      </span>
    </div>
  );
}

/** For the pointer; the keyboard has Ctrl C and Ctrl Shift C. */
function Copy({ words, onClick }: { words: string; onClick: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="rounded bg-surface-1 px-1.5 text-text-2 hover:text-text-1"
      onClick={(e) => {
        e.stopPropagation();
        onClick();
      }}
    >
      {words}
    </button>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  return split(text, query).map((part, i) =>
    i % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, in order
      <mark key={i} className="rounded-sm bg-banner text-on-banner">
        {part}
      </mark>
    ) : (
      part
    ),
  );
}
