import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent } from "react";
import { IconButton } from "../parts/IconButton";
import { useShortcut } from "../parts/useShortcut";
import { formatClock, formatCount } from "../state/format";
import { useSize } from "../state/useSize";
import { LaneRow } from "./LaneRow";
import type { Lane } from "./lanes";
import { MotionButton } from "./MotionButton";
import {
  following, frameAt, frameTicks, panned, secondTicks, wholeWindow, xOf, zoomed, type TimeWindow,
} from "./TimeWindow";

/** Pixels from one line of the ruler to the next, at least. */
const tickRoom = 84;
const zoomStep = 2;

interface Properties {
  readonly id: string;
  readonly count: number;
  /** Frames a second; undefined where they are not shown equally long, and the ruler counts frames. */
  readonly rate: number | undefined;
  readonly number: number;
  readonly lanes: readonly Lane[];
  readonly onSeek: (number: number) => void;
  readonly onChanged: () => void;
}

/** The whole video from left to right: a ruler, a lane for each thing that is said of it, and where one is. */
export function Timeline({ id, count, rate, number, lanes, onSeek, onChanged }: Properties): JSX.Element {
  const [view, setView] = useState<TimeWindow>(() => wholeWindow(count));
  const track = useRef<HTMLDivElement>(null);
  const { width } = useSize(track);
  const isWhole = view.to - view.from >= count;
  // What is shown moves on with the frame, but not against the hand that moves it.
  useEffect(() => setView((one) => following(one, number, count)), [number, count]);

  const zoom = (factor: number, around = number + 0.5): void => setView((one) => zoomed(one, factor, around, count));
  useShortcut(["+", "-", "0"], true, (key) => {
    if (key === "0") setView(wholeWindow(count));
    else zoom(key === "+" ? 1 / zoomStep : zoomStep);
  });
  // React's own handler of wheels may not keep the page from scrolling.
  const timeline = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = timeline.current;
    if (target === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      const box = track.current?.getBoundingClientRect();
      if (box === undefined || event.clientX < box.left) return;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // Lanes that do not fit are scrolled; with the control key, or over the ruler, a wheel zooms.
      const isOverRuler = event.target instanceof Element && event.target.closest(".timeline-ruler") !== null;
      if (!isPan && !event.ctrlKey && !isOverRuler) return;
      event.preventDefault();
      setView((one) => {
        const perPixel = (one.to - one.from) / box.width;
        if (isPan) return panned(one, sideways * perPixel, count);
        const around = one.from + (event.clientX - box.left) * perPixel;
        return zoomed(one, 1.0015 ** event.deltaY, around, count);
      });
    };
    target.addEventListener("wheel", onWheel, { passive: false });
    return () => target.removeEventListener("wheel", onWheel);
  }, [count]);

  const seekAt = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(frameAt(event.clientX - box.left, view, box.width, count));
  };
  const dragging = {
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      seekAt(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) seekAt(event);
    },
  };
  const x = xOf(number + 0.5, view, width);
  return (
    <section className="timeline" ref={timeline} aria-label="Timeline">
      <div className="timeline-head">
        <div className="timeline-corner">
          <IconButton icon="zoomIn" label="Zoom in (+)" isSmall onClick={() => zoom(1 / zoomStep)} />
          <IconButton icon="zoomOut" label="Zoom out (−)" isSmall disabled={isWhole} onClick={() => zoom(zoomStep)} />
          <IconButton icon="fit" label="The whole video (0)" isSmall disabled={isWhole}
                      onClick={() => setView(wholeWindow(count))} />
        </div>
        <div className="timeline-ruler" ref={track} role="slider" tabIndex={0} aria-label="Frame"
             aria-valuemin={0} aria-valuemax={count - 1} aria-valuenow={number}
             aria-valuetext={`Frame ${number} of ${count}${rate === undefined ? "" : `, ${formatClock(number / rate, 2)}`}`}
             {...dragging}>
          <Ruler view={view} width={width} rate={rate} />
        </div>
      </div>
      <div className="timeline-lanes">
        {lanes.map((lane) => (
          <LaneRow key={lane.key} lane={lane} view={view} width={width} number={number} onSeek={onSeek}
                   dragging={dragging}>
            {lane.key === "motion" && <MotionButton id={id} isFound={lane.kind !== "frames" && lane.lane.spans.length > 0}
                                                    onFound={onChanged} />}
          </LaneRow>))}
      </div>
      {!isWhole && <Overview view={view} count={count} number={number} onView={setView} />}
      {width > 0 && x >= 0 && x <= width && (
        <div className="timeline-cursor-room" aria-hidden="true">
          <div className="timeline-cursor" style={{ transform: `translateX(${x}px)` }} />
        </div>)}
    </section>
  );
}

interface RulerProperties {
  readonly view: TimeWindow;
  readonly width: number;
  readonly rate: number | undefined;
}

/** Lines and what stands beside them: times, or numbers of frames. */
function Ruler({ view, width, rate }: RulerProperties): JSX.Element | null {
  if (width === 0) return null;
  const scale = rate ?? 1;
  const length = (view.to - view.from) / scale;
  const ticks = rate === undefined ? frameTicks(length, width, tickRoom) : secondTicks(length, width, tickRoom);
  const marks: number[] = [];
  const first = Math.ceil(view.from / scale / ticks.step - 1e-9);
  for (let index = first; index * ticks.step * scale <= view.to; index += 1) marks.push(index * ticks.step);
  return (
    <>
      {marks.map((mark) => (
        <span key={mark} className="timeline-tick" style={{ left: xOf(mark * scale, view, width) }}>
          {rate === undefined ? formatCount(mark) : formatClock(mark, ticks.digits)}
        </span>))}
    </>
  );
}

interface OverviewProperties {
  readonly view: TimeWindow;
  readonly count: number;
  readonly number: number;
  readonly onView: (view: TimeWindow) => void;
}

/** Which part of the video the lanes show; it can be dragged. */
function Overview({ view, count, number, onView }: OverviewProperties): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const pan = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const centre = ((event.clientX - box.left) / box.width) * count;
    onView(panned(view, centre - (view.from + view.to) / 2, count));
  };
  const percent = (frame: number): string => `${(frame / count) * 100}%`;
  const thumb = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    thumb.current?.style.setProperty("left", percent(view.from));
    thumb.current?.style.setProperty("width", percent(view.to - view.from));
  }, [view, count]);
  return (
    <div className="timeline-overview" ref={element} aria-hidden="true"
         onPointerDown={(event) => {
           event.currentTarget.setPointerCapture(event.pointerId);
           pan(event);
         }}
         onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) pan(event); }}>
      <div className="timeline-thumb" ref={thumb} />
      <div className="timeline-here" style={{ left: percent(number) }} />
    </div>
  );
}
