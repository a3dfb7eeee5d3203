import type { Json, JsonObject, LabelAnswer } from "../api/types";
import { isObject } from "../api/types";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

/** What is drawn over a frame for a label, in pixels of the upright frame; a class of the whole is only listed. */
export type Shape = { readonly key: string; readonly name: string; readonly confidence: number | undefined } & (
  | { readonly kind: "class" }
  | { readonly kind: "box"; readonly box: Rectangle }
  | { readonly kind: "polygon"; readonly rings: readonly (readonly Point[])[] }
  | { readonly kind: "points"; readonly points: readonly Point[]; readonly box: Rectangle | undefined }
  | { readonly kind: "mask"; readonly width: number; readonly height: number; readonly counts: string }
);

/** The shape of a label of a frame; undefined for labels of another kind, or without a place. */
export function shapeOf(label: LabelAnswer): Shape | undefined {
  const head = {
    key: String(label.label), name: label.class ?? "", confidence: label.confidence,
  };
  // Boxes and polygons stand in the label itself, all else in its geometry.
  const geometry = isObject(label["geometry"]) ? label["geometry"] : {};
  switch (label.kind) {
    case "class": return { ...head, kind: "class" };
    case "box": {
      const box = rectangle(label);
      return box === undefined ? undefined : { ...head, kind: "box", box };
    }
    case "polygon": {
      const rings = list(label["polygons"]).map(pointsOf).filter((ring) => ring.length > 1);
      return rings.length === 0 ? undefined : { ...head, kind: "polygon", rings };
    }
    case "points":
      return { ...head, kind: "points", points: pointsOf(geometry["points"]), box: rectangle(geometry["box"]) };
    case "mask": {
      const [height, width] = list(geometry["size"]);
      const counts = geometry["counts"];
      if (typeof width !== "number" || typeof height !== "number" || typeof counts !== "string") return undefined;
      return { ...head, kind: "mask", width, height, counts };
    }
    default: return undefined;
  }
}

/** A box that moves: where somebody has said that it is, in ascending order of frames. */
export interface Track {
  readonly key: string;
  readonly name: string;
  readonly confidence: number | undefined;
  readonly keyframes: readonly ({ readonly frame: number } & Rectangle)[];
}

const trackPrefix = "track ";

/** Whether the shape with a key is where a track is. */
export function isTrack(key: string): boolean {
  return key.startsWith(trackPrefix);
}

/** The track of a label of a video; undefined where it tells of none. */
export function trackOf(label: JsonObject): Track | undefined {
  const geometry = label["geometry"];
  if (label["kind"] !== "track" || !isObject(geometry)) return undefined;
  const keyframes = list(geometry["keyframes"]).flatMap((one) => {
    const box = rectangle(one);
    return isObject(one) && typeof one["frame"] === "number" && box !== undefined
      ? [{ frame: one["frame"], ...box }] : [];
  });
  if (keyframes.length === 0) return undefined;
  keyframes.sort((a, b) => a.frame - b.frame);
  const [id, name, confidence] = [label["id"], label["class"], label["confidence"]];
  return {
    key: `${trackPrefix}${String(id)}`, name: typeof name === "string" ? name : "",
    confidence: typeof confidence === "number" ? confidence : undefined, keyframes,
  };
}

/** Where a track's box is in a frame: between two keyframes on the straight way; undefined outside of them. */
export function boxAt({ keyframes }: Track, frame: number): Rectangle | undefined {
  let [low, high] = [0, keyframes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyframes[middle]!.frame <= frame) low = middle + 1;
    else high = middle;
  }
  const before = keyframes[low - 1];
  if (before === undefined || before.frame === frame) return before;
  const after = keyframes[low];
  if (after === undefined) return undefined;
  const part = (frame - before.frame) / (after.frame - before.frame);
  const between = (from: number, to: number): number => from + (to - from) * part;
  return {
    x: between(before.x, after.x), y: between(before.y, after.y),
    width: between(before.width, after.width), height: between(before.height, after.height),
  };
}

/** From this intersection over union on, two boxes of a class in one frame are of the same thing. */
const sameThing = 0.5;

/** Tracks whose box no label of the frame shows already: what is drawn once is read once. */
export function unseen(tracks: readonly Shape[], shapes: readonly Shape[]): readonly Shape[] {
  return tracks.filter((track) => track.kind !== "box" || !shapes.some((shape) => (
    shape.kind === "box" && shape.name === track.name && overlap(shape.box, track.box) >= sameThing)));
}

/** What two boxes have in common over what either has, from 0 to 1. */
function overlap(one: Rectangle, other: Rectangle): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (one.width * one.height + other.width * other.height - common);
}

/**
 * The pixels of a mask in COCO's compressed form, row by row, 1 inside and 0 outside; undefined for what does
 * not add up.
 *
 * Runs go column by column, the first one outside. Each is written in groups of five bits, from the third on
 * as the difference to the one two before.
 */
export function maskPixels(width: number, height: number, counts: string): Uint8Array | undefined {
  const pixels = new Uint8Array(width * height);
  const runs: number[] = [];
  let [place, start] = [0, 0];
  while (place < counts.length) {
    let [run, shift, hasMore] = [0, 0, true];
    while (hasMore) {
      const group = counts.charCodeAt(place) - 48;
      if (!(group >= 0 && group < 64) || shift > 30) return undefined;
      run |= (group & 31) << shift;
      hasMore = (group & 32) !== 0;
      place += 1;
      shift += 5;
      if (!hasMore && (group & 16) !== 0 && shift < 32) run |= -1 << shift;
    }
    if (runs.length > 2) run += runs[runs.length - 2]!;
    if (run < 0 || start + run > pixels.length) return undefined;
    if (runs.length % 2 === 1) {
      for (let index = start; index < start + run; index += 1) {
        pixels[(index % height) * width + Math.floor(index / height)] = 1;
      }
    }
    runs.push(run);
    start += run;
  }
  return start === pixels.length ? pixels : undefined;
}

/** Where the name of a mask stands: its topmost pixel, of these the leftmost; undefined for one without pixels. */
export function maskCorner(width: number, height: number, counts: string): Point | undefined {
  const first = maskPixels(width, height, counts)?.indexOf(1) ?? -1;
  return first < 0 ? undefined : { x: first % width, y: Math.floor(first / width) };
}

/** One of the eight colours of shapes and lanes, the same for a name wherever it stands. */
export function hueOf(name: string): number {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)!) % 65_521;
  return sum % 8;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function pointsOf(value: Json | undefined): readonly Point[] {
  return list(value).flatMap((one) => {
    const [x, y] = list(one);
    return typeof x === "number" && typeof y === "number" ? [{ x, y }] : [];
  });
}

function rectangle(value: Json | undefined | LabelAnswer): Rectangle | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { x, y, width, height } = value as JsonObject;
  if (typeof x !== "number" || typeof y !== "number") return undefined;
  return typeof width === "number" && typeof height === "number" ? { x, y, width, height } : undefined;
}
