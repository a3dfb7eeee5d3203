import { useLayoutEffect, useRef } from "react";
import { histogramBetween } from "../api/client";
import { useAnswer } from "../api/useAnswer";
import { useDebounced } from "../state/useDebounced";
import type { Lane } from "./lanes";
import { barsOf } from "./spans";
import { xOf, type TimeWindow } from "./TimeWindow";

const rowHeight = 10;
const densityHeight = 18;
const gap = 2;
/** Pixels of a bar that stands for counted frames. */
const binWidth = 3;

interface Properties {
  readonly lane: Lane;
  readonly view: TimeWindow;
  readonly width: number;
}

/** The bars of a lane, drawn: however many spans there are, there is one element. */
export function LaneCanvas({ lane, view, width }: Properties): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = lane.kind === "frames" ? 1 : Math.max(1, lane.lane.rows.length);
  const height = lane.kind === "frames" ? densityHeight : rows * (rowHeight + gap) + gap;
  const density = useDensity(lane, view, width);
  useLayoutEffect(() => {
    const context = prepared(canvas.current, width, height);
    if (context === undefined || canvas.current === null) return;
    context.fillStyle = getComputedStyle(canvas.current).color;
    if (lane.kind === "frames") drawDensity(context, density, view, width);
    else drawRows(context, lane, view, width);
    context.globalAlpha = 1;
  });
  return (
    <canvas ref={canvas} className={`lane-canvas is-hue-${lane.hue}`} style={{ width, height }} aria-hidden="true" />
  );
}

function drawRows(
  context: CanvasRenderingContext2D, lane: Exclude<Lane, { kind: "frames" }>, view: TimeWindow, width: number,
): void {
  lane.lane.rows.forEach((row, index) => {
    const top = gap + index * (rowHeight + gap);
    for (const { left, right, score } of barsOf(row, view.from, view.to, width)) {
      // Of motion a fifth of the picture is much: the root brings such scores apart.
      context.globalAlpha = 0.4 + 0.6 * Math.sqrt(Math.min(1, Math.max(0, score)));
      context.fillRect(left, top, Math.max(1, right - left), rowHeight);
    }
  });
}

interface Density {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

function drawDensity(
  context: CanvasRenderingContext2D, density: Density | undefined, view: TimeWindow, width: number,
): void {
  if (density === undefined) return;
  const largest = Math.max(1, ...density.counts);
  density.counts.forEach((count, index) => {
    if (count === 0) return;
    const left = xOf(density.edges[index]!, view, width);
    const right = xOf(density.edges[index + 1]!, view, width);
    const tall = 4 + (densityHeight - 4) * (count / largest);
    context.globalAlpha = 0.85;
    context.fillRect(left, densityHeight - tall, Math.max(1, right - left - (right - left > 4 ? 1 : 0)), tall);
  });
}

/** How many frames of a lane there are in each few pixels, counted by the server once the window rests. */
function useDensity(lane: Lane, view: TimeWindow, width: number): Density | undefined {
  const settled = useDebounced(view, 150);
  const edges = edgesOf(settled, width);
  const key = lane.kind !== "frames" || edges.length < 2
    ? undefined : `${JSON.stringify(lane.filter)} ${settled.from} ${settled.to} ${width}`;
  const { answer } = useAnswer(key, async (signal) => {
    const filter = lane.kind === "frames" ? lane.filter : {};
    const { counts } = await histogramBetween("Frame", filter, "frame_number", edges, signal);
    return { edges, counts };
  });
  return answer;
}

/** Whole frames, in ascending order, from the first that is shown to behind the last one. */
function edgesOf({ from, to }: TimeWindow, width: number): readonly number[] {
  const step = Math.max(1, ((to - from) / Math.max(1, width)) * binWidth);
  const edges: number[] = [];
  for (let place = Math.floor(from); ; place += step) {
    const edge = Math.min(Math.round(place), Math.ceil(to));
    if (edge !== edges[edges.length - 1]) edges.push(edge);
    if (edge >= Math.ceil(to)) return edges;
  }
}

/** A canvas as sharp as the screen, empty. */
function prepared(
  canvas: HTMLCanvasElement | null, width: number, height: number,
): CanvasRenderingContext2D | undefined {
  const context = canvas?.getContext("2d");
  if (canvas === null || context === null || context === undefined) return undefined;
  const ratio = window.devicePixelRatio;
  const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== tall) [canvas.width, canvas.height] = [wide, tall];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
