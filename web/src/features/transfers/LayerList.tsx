import type { JobLayer } from "../../api/types.gen";
import { bytesText, layerFraction, phaseText } from "./transfer";

/** The layers of an image under way, each with a bar of its own. */
export function LayerList({ id, layers }: { id: string; layers: readonly JobLayer[] }) {
  return (
    <ul id={id} aria-label="Layers" className="mt-1 flex max-h-48 flex-col gap-0.5 overflow-auto ps-5 text-sm">
      {layers.map((layer) => {
        const fraction = layerFraction(layer);
        const moving = layer.phase !== "done" && layer.phase !== "exists";
        return (
          <li key={layer.id} className="flex flex-wrap items-center gap-x-3" data-layer={layer.id}>
            <span className="w-28 shrink-0 font-mono text-text-2">{layer.id}</span>
            <span className="w-24 shrink-0">{phaseText(layer.phase)}</span>
            {moving && (
              <progress
                className="qw-progress w-28"
                aria-label={`Layer ${layer.id}`}
                {...(fraction !== null && { value: fraction })}
                max={1}
              />
            )}
            <span className="text-text-2">{bytesText(layer.currentBytes, layer.totalBytes)}</span>
          </li>
        );
      })}
    </ul>
  );
}
