import { ImagePage } from "./detail/ImagePage";
import { NetworkPage } from "./detail/NetworkPage";
import { VolumePage } from "./detail/VolumePage";
import { Dialogs } from "./forms/Dialogs";
import { ImageList } from "./ImageList";
import { NetworkList } from "./NetworkList";
import { VolumeList } from "./VolumeList";

interface ResourcePagesProps {
  kind: "images" | "volumes" | "networks";
  /** Which one, null for the list of all. */
  id: string | null;
}

/** The pages of images, volumes and networks, with what they ask. */
export function ResourcePages({ kind, id }: ResourcePagesProps) {
  return (
    <>
      <Page kind={kind} id={id} />
      <Dialogs />
    </>
  );
}

function Page({ kind, id }: ResourcePagesProps) {
  switch (kind) {
    case "images":
      return id === null ? <ImageList /> : <ImagePage id={id} />;
    case "volumes":
      return id === null ? <VolumeList /> : <VolumePage name={id} />;
    case "networks":
      return id === null ? <NetworkList /> : <NetworkPage id={id} />;
  }
}
