import { Component, type ReactNode } from "react";
import { PageError } from "./PageError";

interface PageBoundaryProps {
  /** What fails together: another key is another page, which gets its own chance. */
  name: string;
  children: ReactNode;
}

/** Keeps the failure of one page to that page, and says it in words. */
export class PageBoundary extends Component<PageBoundaryProps, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error: error ?? new Error("Something was thrown that is no error.") };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <PageError name={this.props.name} error={error} />;
  }
}
