import type { Entity, Json, JsonObject } from "../api/types";
import { isObject } from "../api/types";
import { formatNumber } from "../state/format";
import { laneOf, type Span, type SpanLane } from "./spans";
import { hueOf, trackOf, type Track } from "./shapes";

/** Rows of a lane; more is drawn together. */
const mostRows = 4;
/** Lanes of each kind; the rest stands in one. */
const mostLanes = 12;

/** One lane of the timeline. */
export type Lane = { readonly key: string; readonly name: string; readonly hue: number } & (
  | { readonly kind: "motion" | "interval" | "track" | "clip"; readonly lane: SpanLane }
  /** Frames of which something is known: too many, perhaps, to be listed; counted by the server. */
  | { readonly kind: "frames"; readonly filter: JsonObject; readonly count: number }
);

/** The lanes of what labels of a video say: motion first, then its tags and its tracks, by name. */
export function lanesOfLabels(labels: readonly JsonObject[]): {
  readonly lanes: readonly Lane[]; readonly tracks: readonly Track[];
} {
  const motion: Span[] = [];
  const tags = new Map<string, Span[]>();
  const trackSpans = new Map<string, Span[]>();
  const tracks: Track[] = [];
  for (const label of labels) {
    const name = typeof label["class"] === "string" ? label["class"] : "";
    if (label["kind"] === "interval") {
      const span = spanOf(label, name, label["geometry"]);
      if (span === undefined) continue;
      if (name === "motion") motion.push(span);
      else push(tags, name, span);
      continue;
    }
    const track = trackOf(label);
    if (track === undefined) continue;
    tracks.push(track);
    push(trackSpans, name, {
      start: track.keyframes[0]!.frame, stop: track.keyframes[track.keyframes.length - 1]!.frame + 1,
      score: track.confidence, name, detail: detailOf(label),
    });
  }
  const lanes: Lane[] = [
    { key: "motion", name: "motion", hue: -1, kind: "motion", lane: laneOf(motion, mostRows) },
    ...named("interval", tags),
    ...named("track", trackSpans),
  ];
  return { lanes, tracks };
}

/** The lane of a video's clips. */
export function laneOfClips(clips: readonly Entity[]): Lane | undefined {
  const spans = clips.flatMap((clip) => {
    const [start, stop, label] = [clip["start_frame"], clip["stop_frame"], clip["label"]];
    if (typeof start !== "number" || typeof stop !== "number") return [];
    const named = Array.isArray(label) ? label.join(", ") : typeof label === "string" ? label : "";
    return [{ start, stop, score: undefined, name: named === "" ? "clip" : named, detail: `clip ${clip._uniqueid}` }];
  });
  if (spans.length === 0) return undefined;
  return { key: "clips", name: "clips", hue: 6, kind: "clip", lane: laneOf(spans, mostRows) };
}

/** The lanes of frames that have labels, one a class. */
export function lanesOfFrames(video: string, classes: ReadonlyMap<string, number>): readonly Lane[] {
  return [...classes].sort(([a], [b]) => a.localeCompare(b)).slice(0, mostLanes).map(([name, count]) => ({
    key: `frames ${name}`, name, hue: hueOf(name), kind: "frames", count,
    filter: { video, "labels.class": name },
  }));
}

function named(kind: "interval" | "track", groups: ReadonlyMap<string, Span[]>): readonly Lane[] {
  const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b));
  const [first, rest] = [sorted.slice(0, mostLanes), sorted.slice(mostLanes).flatMap(([, spans]) => spans)];
  const lanes: Lane[] = first.map(([name, spans]) => ({
    key: `${kind} ${name}`, name: name === "" ? "unnamed" : name, hue: hueOf(name), kind,
    lane: laneOf(spans, mostRows),
  }));
  if (rest.length > 0) {
    lanes.push({ key: `${kind}s`, name: "others", hue: 7, kind, lane: laneOf(rest, mostRows) });
  }
  return lanes;
}

function spanOf(label: JsonObject, name: string, geometry: Json | undefined): Span | undefined {
  if (!isObject(geometry)) return undefined;
  const [start, stop, score] = [geometry["start_frame"], geometry["stop_frame"], label["confidence"]];
  if (typeof start !== "number" || typeof stop !== "number") return undefined;
  return { start, stop, score: typeof score === "number" ? score : undefined, name, detail: detailOf(label) };
}

function detailOf(label: JsonObject): string {
  const { confidence, source } = label;
  const parts = [
    typeof confidence === "number" ? formatNumber(Number(confidence.toPrecision(3))) : undefined,
    source,
  ];
  return parts.filter((part): part is string => typeof part === "string" && part !== "").join(" · ");
}

function push(groups: Map<string, Span[]>, name: string, span: Span): void {
  const spans = groups.get(name);
  if (spans === undefined) groups.set(name, [span]);
  else spans.push(span);
}
