import { useCallback, useEffect, useRef, type RefObject } from "react";

/** A press that moves less than this many pixels is a click. */
const slack = 4;

/**
 * Scrolls `element` by dragging it with a mouse, while `isOn`. Fingers scroll by themselves.
 *
 * @returns whether the press that just ended was a drag, to tell it from a click
 */
export function useDragScroll(element: RefObject<HTMLElement>, isOn: boolean): () => boolean {
  const isDrag = useRef(false);
  useEffect(() => {
    const target = element.current;
    if (target === null || !isOn) return undefined;
    let start: { x: number; y: number; left: number; top: number } | undefined;
    const onDown = (event: PointerEvent): void => {
      isDrag.current = false;
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      start = { x: event.clientX, y: event.clientY, left: target.scrollLeft, top: target.scrollTop };
    };
    const onMove = (event: PointerEvent): void => {
      if (start === undefined) return;
      const [x, y] = [event.clientX - start.x, event.clientY - start.y];
      if (Math.hypot(x, y) > slack) isDrag.current = true;
      if (!isDrag.current) return;
      target.scrollLeft = start.left - x;
      target.scrollTop = start.top - y;
    };
    const onUp = (): void => {
      start = undefined;
    };
    target.addEventListener("pointerdown", onDown);
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    return () => {
      isDrag.current = false;
      target.removeEventListener("pointerdown", onDown);
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
    };
  }, [element, isOn]);
  return useCallback(() => isDrag.current, []);
}
