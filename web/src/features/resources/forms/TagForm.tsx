import { useState } from "react";
import { tagImage } from "../../../api/resources";
import { useLive } from "../../../store/hooks";
import { deskOf } from "../desk";
import { imageName } from "../model/imageRow";
import { FormFrame } from "./FormFrame";
import { TextField } from "./TextField";

/** One more name for an image. */
export function TagForm({ image: key, onClose }: { image: string; onClose: () => void }) {
  const live = useLive();
  const [reference, setReference] = useState("");
  const image = live.store.view().images.entries.get(key);
  const subject = reference.trim();
  if (!image) return null;
  const name = imageName(image);
  const submit = () => {
    const what = `tag ${name} as ${subject}`;
    const answer = deskOf(live).attempt({
      key,
      name,
      what,
      doing: "Tagging…",
      done: `${name} is also called ${subject}`,
      run: () => tagImage(live.client, image, subject).then((r) => r.warning),
    });
    return { what, answer };
  };
  return (
    <FormFrame
      title={`Tag ${name}`}
      text="One more name for it. A name that another image has moves to this one."
      verb="Tag"
      ready={subject !== ""}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="New name"
        value={reference}
        placeholder="shop/web:1.2"
        onChange={setReference}
        note="Without a tag it is :latest"
      />
    </FormFrame>
  );
}
