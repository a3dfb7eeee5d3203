import type { Histogram, Json, PropertySchema } from "../api/types";
import { isDate } from "../api/useSchema";
import { literal, literalValue } from "../state/filter";
import type { Bounds } from "../state/query";

/** What is counted: times, whole numbers only, or any. */
export type Scale = "time" | "whole" | "real";

export function scaleOf(property: PropertySchema): Scale {
  if (isDate(property)) return "time";
  return property.types.includes("float") ? "real" : "whole";
}

/** A run of bins: from the edge `low` to the edge `high`. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/**
 * `histogram` with edges as the property's values are written: times as ISO 8601 texts, whole numbers whole.
 *
 * Whole numbers from 411.9 on are those from 412 on, so each bin keeps its values.
 */
export function withWrittenEdges(histogram: Histogram, scale: Scale): Histogram {
  const written = (edge: number): number | string => {
    if (scale === "time") return new Date(edge / 1000).toISOString();
    return scale === "whole" ? Math.ceil(edge) : edge;
  };
  const edges = histogram.edges.map((edge) => (typeof edge === "number" ? written(edge) : edge));
  return { ...histogram, edges };
}

/** The position of an edge on a number line; times in milliseconds, those without a zone as if in UTC. */
export function position(edge: unknown): number {
  if (typeof edge === "number") return edge;
  if (typeof edge !== "string") return Number.NaN;
  const hasTime = /[T ]\d/.test(edge);
  return Date.parse(hasTime && !/(Z|[+-]\d\d:?\d\d)$/i.test(edge) ? `${edge.replace(" ", "T")}Z` : edge);
}

/** The bins that `bounds` cover, to the nearest edges. */
export function spanOf(bounds: Bounds | undefined, histogram: Histogram): Span {
  const places = histogram.edges.map(position);
  const last = places.length - 1;
  const from = bounds?.$gte ?? bounds?.$gt;
  const to = bounds?.$lt ?? bounds?.$lte;
  return {
    low: from === undefined ? 0 : nearest(places, position(literalValue(from))),
    high: to === undefined ? last : nearest(places, position(literalValue(to))),
  };
}

/** The bounds of a run of bins; undefined for all of them. An end that is the data's own is left open. */
export function boundsOf(span: Span, histogram: Histogram, scale: Scale): Bounds | undefined {
  const last = histogram.edges.length - 1;
  const bound = (edge: number): Json => literal(histogram.edges[edge]!, scale === "time");
  const low = span.low > 0 ? { $gte: bound(span.low) } : {};
  const high = span.high < last ? { $lt: bound(span.high) } : {};
  return span.low === 0 && span.high >= last ? undefined : { ...low, ...high };
}

function nearest(places: readonly number[], place: number): number {
  let best = 0;
  places.forEach((candidate, index) => {
    if (Math.abs(candidate - place) < Math.abs(places[best]! - place)) best = index;
  });
  return best;
}
