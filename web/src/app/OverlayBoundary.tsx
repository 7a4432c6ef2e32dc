import { Component, type ReactNode } from "react";
import { notify } from "../components/notice";
import { ChunkError } from "./lazyPart";
import { overlay } from "./overlay";

/** A dialog that fails is closed and told of; the page under it goes on. */
export class OverlayBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    const missing = error instanceof ChunkError;
    overlay.set(null);
    notify({
      key: "overlay",
      tone: "bad",
      title: missing ? "Reload to update" : "That could not be shown",
      text: missing
        ? "A part of this page could not be loaded: Quaywatch was updated since the page was opened, or can't be reached."
        : "This is a defect of Quaywatch. Reloading the page helps for now.",
      action: { label: "Reload", run: () => location.reload() },
    });
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}
