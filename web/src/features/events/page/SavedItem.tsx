import Check from "lucide-react/icons/check";
import Pencil from "lucide-react/icons/pencil";
import Trash2 from "lucide-react/icons/trash-2";
import { type FormEvent, useState } from "react";
import { Button } from "../../../components/Button";
import { MAX_NAME, type SavedFilter } from "./saved";

interface SavedItemProps {
  filter: SavedFilter;
  /** It is what is shown. */
  current: boolean;
  onChoose: () => void;
  /** Tells whether it could be done. */
  onRename: (to: string) => Promise<boolean>;
  onRemove: () => void;
}

export function SavedItem({ filter, current, onChoose, onRename, onRemove }: SavedItemProps) {
  const [renaming, setRenaming] = useState(false);
  const rename = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const to = String(new FormData(e.currentTarget).get("name") ?? "").trim();
    if (to !== "" && (await onRename(to))) setRenaming(false);
  };
  if (renaming) {
    return (
      <li>
        <form className="flex gap-2 px-2 py-1" onSubmit={rename}>
          <input
            name="name"
            aria-label={`New name of ${filter.name}`}
            defaultValue={filter.name}
            maxLength={MAX_NAME}
            autoComplete="off"
            // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
            autoFocus
            onKeyDown={(e) => {
              if (e.key !== "Escape") return;
              e.stopPropagation();
              setRenaming(false);
            }}
            className="h-7 min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-2 text-sm"
          />
          <Button type="submit">Rename</Button>
        </form>
      </li>
    );
  }
  return (
    <li className="flex items-center pe-2 hover:bg-surface-2">
      <button
        type="button"
        aria-current={current || undefined}
        title={filter.search}
        className="flex min-h-8 min-w-0 flex-1 items-center gap-2 px-3 text-start"
        onClick={onChoose}
      >
        <Check size={14} aria-hidden className={current ? "shrink-0 text-accent" : "invisible shrink-0"} />
        <span className="truncate">{filter.name}</span>
      </button>
      <Button tone="quiet" className="px-1" aria-label={`Rename ${filter.name}`} onClick={() => setRenaming(true)}>
        <Pencil size={14} aria-hidden />
      </Button>
      <Button tone="quiet" className="px-1" aria-label={`Delete ${filter.name}`} onClick={onRemove}>
        <Trash2 size={14} aria-hidden />
      </Button>
    </li>
  );
}
