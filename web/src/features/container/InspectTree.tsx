import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { announce } from "../../components/Announcer";
import { copyText } from "../../components/copyText";
import { InspectLine } from "./InspectLine";
import type { Document } from "./model/document";
import { pathText, type TreeLine, valueAt } from "./model/tree";
import type { Tree } from "./useTree";
import { useTreeKeys } from "./useTreeKeys";

interface InspectTreeProps {
  doc: Document;
  tree: Tree;
  name: string;
}

const LINE_HEIGHT = 24;

/** A WAI-ARIA tree of which only what is on screen exists. The focus stays on the tree and names its line. */
export function InspectTree({ doc, tree, name }: InspectTreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { lines, focus } = tree;
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (i) => lines[i]?.id ?? i,
    overscan: 20,
  });
  useEffect(() => {
    if (lines.length > 0) virtualizer.scrollToIndex(focus, { align: "auto" });
  }, [virtualizer, focus, lines.length]);
  const copy = async (what: string, text: string) => {
    const ok = await copyText(text);
    announce(ok ? `${what} copied` : "Could not copy: the browser refused the clipboard");
  };
  const copyValue = (line: TreeLine) => {
    const value = valueAt(doc, line.path);
    void copy("Value", typeof value === "string" ? value : JSON.stringify(value, null, 2));
  };
  const copyPath = (line: TreeLine) => void copy("Path", pathText(line.path));
  const onTreeKey = useTreeKeys(tree);
  const onKeyDown = (e: KeyboardEvent) => {
    const line = lines[focus];
    if (line && e.key === "c" && (e.ctrlKey || e.metaKey) && getSelection()?.isCollapsed !== false) {
      if (e.shiftKey) copyPath(line);
      else copyValue(line);
      e.preventDefault();
    } else onTreeKey(e);
  };
  return (
    <div
      ref={scroller}
      role="tree"
      tabIndex={0}
      aria-label={`Inspect data of ${name}`}
      aria-activedescendant={lines[focus] ? `inspect-${focus}` : undefined}
      onKeyDown={onKeyDown}
      className="group/tree min-h-0 flex-1 overflow-auto py-1 font-mono text-sm -outline-offset-2"
    >
      <div className="relative" role="none" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const line = lines[item.index];
          return (
            line && (
              <InspectLine
                key={item.key}
                id={`inspect-${item.index}`}
                line={line}
                top={item.start}
                query={tree.query}
                focused={item.index === focus}
                onFocus={() => tree.focusOn(line.id)}
                onToggle={() => tree.set(line.id, !line.open)}
                onCopyValue={() => copyValue(line)}
                onCopyPath={() => copyPath(line)}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
