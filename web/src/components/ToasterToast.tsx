import X from "lucide-react/icons/x";
import { type PointerEvent, useRef } from "react";
import { Button } from "./Button";
import { closeToast, type Notice } from "./notice";
import { NoticeIcon } from "./noticeIcon";

/** Swiped so far, it goes. */
const SWIPE = 80;

/** One toast: what, why, what one can do; closed by its button or by a swipe to either side. */
export function Toast({ notice: n }: { notice: Notice }) {
  const el = useRef<HTMLDivElement>(null);
  const from = useRef<number | null>(null);

  const move = (x: number | null) => {
    if (!el.current) return;
    el.current.style.transform = x === null ? "" : `translateX(${x}px)`;
    el.current.style.opacity = x === null ? "" : `${Math.max(0.2, 1 - Math.abs(x) / 200)}`;
  };
  const onDown = (e: PointerEvent) => {
    if (e.button !== 0 || (e.target as Element).closest("button, a")) return;
    from.current = e.clientX;
    e.currentTarget.setPointerCapture(e.pointerId);
  };
  const onMove = (e: PointerEvent) => {
    if (from.current !== null) move(e.clientX - from.current);
  };
  const onUp = (e: PointerEvent) => {
    if (from.current === null) return;
    const far = Math.abs(e.clientX - from.current) > SWIPE && e.type === "pointerup";
    from.current = null;
    if (far) closeToast(n.id);
    else move(null);
  };

  return (
    <div
      ref={el}
      className="qw-popup qw-toast pointer-events-auto flex touch-pan-y items-start gap-2 py-2 ps-3 pe-1"
      data-toast={n.tone}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={onUp}
    >
      <NoticeIcon tone={n.tone} />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <p className="font-semibold">{n.title}</p>
        {n.text !== "" && <p className="line-clamp-4 text-sm text-text-2">{n.text}</p>}
        {n.action && (
          <Button
            className="mt-1.5 mb-1"
            onClick={() => {
              n.action?.run();
              closeToast(n.id);
            }}
          >
            {n.action.label}
          </Button>
        )}
      </div>
      <Button tone="quiet" className="px-1" aria-label={`Close: ${n.title}`} onClick={() => closeToast(n.id)}>
        <X size={16} aria-hidden />
      </Button>
    </div>
  );
}
