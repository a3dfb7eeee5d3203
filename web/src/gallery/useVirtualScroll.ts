import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { clamp, ScrollMap } from "./ScrollMap";

/** After this many milliseconds without scrolling the scrollbar is put where it belongs. */
const settle = 160;

interface Place {
  /** The content offset at the upper edge of the view. */
  readonly content: number;
  /** What to subtract from a content offset to get its place in the scrolled element. */
  readonly shift: number;
}

export interface VirtualScroll {
  /** The height to give to the scrolled element. */
  readonly height: number;
  readonly place: Place;
  readonly onScroll: () => void;
  /** Scrolls as little as needed to show the content from `top` to `bottom`. */
  readonly reveal: (top: number, bottom: number) => void;
  readonly scrollTo: (content: number) => void;
}

/**
 * Scrolls a content of any height in `element`.
 *
 * Short ways are scrolled one to one, as a wheel or a finger expects; long ones are jumps of the scrollbar
 * and go where `ScrollMap` says. The two would drift apart, so the scrollbar is corrected at rest, unseen.
 */
export function useVirtualScroll(
  element: RefObject<HTMLElement>, contentHeight: number, viewport: number,
): VirtualScroll {
  const map = useMemo(() => new ScrollMap(contentHeight, viewport), [contentHeight, viewport]);
  const [place, setPlace] = useState<Place>({ content: 0, shift: 0 });
  const current = useRef(place);
  const lastScroll = useRef(0);
  const timer = useRef<number>();

  const move = useCallback((content: number, scroll: number) => {
    current.current = { content, shift: content - scroll };
    lastScroll.current = scroll;
    setPlace(current.current);
  }, []);

  const scrollTo = useCallback((content: number) => {
    if (element.current === null) return;
    const target = clamp(content, 0, map.end);
    element.current.scrollTop = map.toScroll(target);
    move(target, element.current.scrollTop);
  }, [element, map, move]);

  const onScroll = useCallback(() => {
    if (element.current === null) return;
    const scroll = element.current.scrollTop;
    const way = scroll - lastScroll.current;
    if (way === 0) return;
    const isShort = map.isScaled && Math.abs(way) <= viewport;
    move(isShort ? clamp(current.current.content + way, 0, map.end) : map.toContent(scroll), scroll);
    window.clearTimeout(timer.current);
    if (map.isScaled) timer.current = window.setTimeout(() => scrollTo(current.current.content), settle);
  }, [element, map, move, scrollTo, viewport]);

  const reveal = useCallback((top: number, bottom: number) => {
    const { content } = current.current;
    if (top < content) scrollTo(top);
    else if (bottom > content + viewport) scrollTo(bottom - viewport);
  }, [scrollTo, viewport]);

  // A content that changed its height keeps its place as far as it can.
  useLayoutEffect(() => scrollTo(current.current.content), [scrollTo]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  return { height: map.height, place, onScroll, reveal, scrollTo };
}
