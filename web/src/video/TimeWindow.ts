import { clamp } from "../gallery/ScrollMap";

/** No fewer frames than this are spread over the timeline. */
const fewest = 20;

/** Which frames a timeline shows, from its left edge to its right one: places may lie within a frame. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export function wholeWindow(count: number): TimeWindow {
  return { from: 0, to: Math.max(1, count) };
}

/** Where a frame begins, in pixels from the left edge. */
export function xOf(frame: number, window: TimeWindow, width: number): number {
  return ((frame - window.from) / (window.to - window.from)) * width;
}

/** The frame that lies `x` pixels from the left edge, one that there is. */
export function frameAt(x: number, window: TimeWindow, width: number, count: number): number {
  const place = window.from + (x / Math.max(1, width)) * (window.to - window.from);
  return clamp(Math.floor(place), 0, Math.max(0, count - 1));
}

/** `factor` times as many frames, with the place `around` staying where it is. */
export function zoomed(window: TimeWindow, factor: number, around: number, count: number): TimeWindow {
  const length = window.to - window.from;
  const next = clamp(length * factor, Math.min(fewest, Math.max(1, count)), Math.max(1, count));
  const share = length === 0 ? 0.5 : clamp((around - window.from) / length, 0, 1);
  return within(around - share * next, next, count);
}

export function panned(window: TimeWindow, frames: number, count: number): TimeWindow {
  return within(window.from + frames, window.to - window.from, count);
}

/** The window itself where it shows a frame; otherwise one as wide that begins a little before that. */
export function following(window: TimeWindow, frame: number, count: number): TimeWindow {
  if (frame >= window.from && frame + 1 <= window.to) return window;
  const length = window.to - window.from;
  return within(frame - length / 10, length, count);
}

/** Where lines are drawn on a ruler that shows so many seconds, and what stands beside them. */
export interface Ticks {
  /** In seconds; of a ruler that counts frames, in frames. */
  readonly step: number;
  readonly digits: 0 | 1 | 2;
}

const secondSteps = [
  0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
];

/** The finest step that leaves `room` pixels from each line to the next. */
export function secondTicks(seconds: number, width: number, room: number): Ticks {
  const finest = (seconds / Math.max(1, width)) * room;
  const step = secondSteps.find((one) => one >= finest) ?? Math.ceil(finest / 86_400) * 86_400;
  return { step, digits: step < 0.1 ? 2 : step < 1 ? 1 : 0 };
}

/** The same of whole frames: 1, 2 or 5 times a power of ten. */
export function frameTicks(frames: number, width: number, room: number): Ticks {
  const finest = Math.max(1, (frames / Math.max(1, width)) * room);
  const power = 10 ** Math.floor(Math.log10(finest));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= finest - 1e-9) ?? 10 * power;
  return { step: Math.max(1, Math.round(step)), digits: 0 };
}

function within(from: number, length: number, count: number): TimeWindow {
  const start = clamp(from, 0, Math.max(0, Math.max(1, count) - length));
  return { from: start, to: start + length };
}
