import { Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { lazyPart } from "./lazyPart";
import { OverlayBoundary } from "./OverlayBoundary";
import { overlay } from "./overlay";

const loadPalette = () => import("./palette/Palette").then((m) => m.Palette);
const Palette = lazyPart(loadPalette);
const KeySheet = lazyPart(() => import("./KeySheet").then((m) => m.KeySheet));

/** The shell's dialogs: fetched when first asked for, kept for their way out. */
export function Overlays() {
  const open = useSyncExternalStore(overlay.subscribe, overlay.get);
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  // Not part of the first load, but there before it is asked for.
  useEffect(() => {
    if (typeof requestIdleCallback === "undefined") return;
    const id = requestIdleCallback(() => void loadPalette().catch(() => {}), { timeout: 10_000 });
    return () => cancelIdleCallback(id);
  }, []);
  if (open !== null && !asked.has(open)) setAsked(new Set(asked).add(open));
  return (
    <Suspense fallback={null}>
      <OverlayBoundary>{asked.has("palette") && <Palette open={open === "palette"} />}</OverlayBoundary>
      <OverlayBoundary>{asked.has("keys") && <KeySheet open={open === "keys"} />}</OverlayBoundary>
    </Suspense>
  );
}
