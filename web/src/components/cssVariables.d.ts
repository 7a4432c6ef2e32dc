import "react";

declare module "react" {
  // Style objects may set the page's own custom properties.
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
