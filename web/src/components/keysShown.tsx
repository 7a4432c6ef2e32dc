/** Keys as they are shown: each in a <kbd>, with the words a screen reader needs. */
const NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Delete: "Del",
  Escape: "Esc",
  " ": "Space",
};

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** keyNames splits keys as they are bound ("g c", "Mod+k") into what stands on them. */
export function keyNames(keys: string, mac = MAC): readonly string[] {
  if (keys === " ") return ["Space"];
  return keys.split(" ").flatMap((step) => {
    const mod = step.startsWith("Mod+");
    const key = mod ? step.slice(4) : step;
    const name = NAMES[key] ?? (mod ? key.toUpperCase() : key);
    return mod ? [mac ? "⌘" : "Ctrl", name] : [name];
  });
}

export function KeysShown({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keyNames(keys).map((name, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same key may stand in a sequence twice, and none moves
        <kbd key={i} className="qw-kbd">
          {name}
        </kbd>
      ))}
    </span>
  );
}
