import { type RefObject, useLayoutEffect, useState } from "react";

/** The width of an element's inside, renewed as it changes. */
export function useWidth(el: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const target = el.current;
    if (!target) return;
    const read = () => setWidth(target.clientWidth);
    read();
    const observer = new ResizeObserver(read);
    observer.observe(target);
    return () => observer.disconnect();
  }, [el]);
  return width;
}
