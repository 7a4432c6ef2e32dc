import type { ImageLayer } from "../../../api/types.gen";
import { Section } from "../../../components/sections/Section";
import { Ago } from "../Ago";
import { stepText } from "../model/stepText";
import { Size } from "../Size";

/** How an image was built, the last step first. */
export function LayerHistory({ layers }: { layers: readonly ImageLayer[] | null }) {
  return (
    <Section title={layers === null ? "Layers" : `Layers (${layers.length})`}>
      {layers === null ? (
        <p className="text-text-2">Reading them…</p>
      ) : (
        <div className="overflow-x-auto" tabIndex={-1}>
          <table className="w-full text-sm" data-testid="layers">
            <thead>
              <tr className="text-start text-text-3">
                <th scope="col" className="pe-4 text-start font-normal">
                  Step
                </th>
                <th scope="col" className="w-24 pe-4 text-end font-normal">
                  Size
                </th>
                <th scope="col" className="w-24 text-end font-normal">
                  Created
                </th>
              </tr>
            </thead>
            <tbody>
              {layers.map((layer, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: steps have no ids of their own, and stand where they stand
                <tr key={i} className="border-t border-line align-baseline">
                  <td className="py-1 pe-4 font-mono wrap-anywhere">
                    {stepText(layer.createdBy)}
                    {layer.comment !== "" && layer.createdBy === "" && layer.comment}
                  </td>
                  <td className={`py-1 pe-4 text-end ${layer.sizeBytes === 0 ? "text-text-3" : ""}`}>
                    <Size bytes={layer.sizeBytes} />
                  </td>
                  <td className="py-1 text-end whitespace-nowrap text-text-2">
                    <Ago time={layer.createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
