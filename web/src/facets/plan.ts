import type { ClassSchema, Facet, PropertySchema } from "../api/types";
import { isDate, isNumeric } from "../api/useSchema";

/** Which properties the panel offers: some by their values, others as a range with a histogram. */
export interface FacetPlan {
  readonly values: readonly PlannedValues[];
  readonly ranges: readonly PropertySchema[];
}

export interface PlannedValues {
  readonly name: string;
  /** The images can be told apart by it; all have the same value otherwise. */
  readonly isTelling: boolean;
}

/** Properties that differ from image to image, or are no scalars: nobody picks from a list of them. */
const neverOffered = new Set([
  "_uniqueid", "_key", "path", "paths", "sha256", "phash", "dhash", "mean", "std", "label", "labels",
]);

/** What comes with every image or video stands after what its owner said of it, and in this order. */
const ownOrder = [
  "camera_model", "camera_make", "format", "container", "codec", "frame_rate", "audio_tracks",
  "variable_rate", "pixel_format", "duration", "fps", "width", "height", "frame_count", "keyframe_count",
  "bytes", "bit_rate", "channels", "bits", "alpha", "frames", "orientation", "error",
];
const rangeOrder = ["captured_at", "duration", "width", "height", "fps", "frame_count", "bytes"];
const lastRanges = ["added_at", "latitude", "longitude", "altitude"];

const mostStrings = 200;
const mostNumbers = 12;

/** Shown and asked for like a property, but kept with the labels and so not in the schema. */
const label: PropertySchema = { name: "label", types: ["string"] };

/** The properties that could be offered. How many values each has is then asked of the server. */
export function candidates(media: ClassSchema): readonly PropertySchema[] {
  if (media.count === 0) return [];
  const scalars = media.properties.filter(isScalar);
  return [label, ...scalars.filter(({ name }) => !neverOffered.has(name))];
}

function isScalar(property: PropertySchema): boolean {
  return isNumeric(property) || isDate(property)
    || property.types.includes("string") || property.types.includes("boolean");
}

/**
 * Sorts candidates into lists of values and ranges, by how many different values each has.
 *
 * A property that is another one for nearly every image (a file name, a URL) is left out.
 */
export function plan(media: ClassSchema, survey: readonly Facet[]): FacetPlan {
  const surveyed = new Map(survey.map((facet) => [facet.property, facet]));
  const values: Facet[] = [];
  const ranges: PropertySchema[] = [];
  for (const property of candidates(media)) {
    const facet = surveyed.get(property.name);
    if (facet === undefined || facet.distinct === 0) continue;
    const isMeasured = isNumeric(property) || isDate(property);
    if (isMeasured && (isContinuous(property) || facet.distinct > mostNumbers)) {
      if (facet.distinct > 1) ranges.push(property);
    } else if (property === label || facet.distinct <= mostValues(media.count - facet.missing)) {
      values.push(facet);
    }
  }
  values.sort((a, b) => valueRank(a) - valueRank(b) || a.property.localeCompare(b.property));
  ranges.sort((a, b) => rangeRank(a.name) - rangeRank(b.name) || a.name.localeCompare(b.name));
  return {
    values: values.map((facet) => ({ name: facet.property, isTelling: isTelling(facet) })),
    ranges,
  };
}

/** A property with another value for every second image is no help, but in a small store that says little. */
function mostValues(present: number): number {
  return Math.max(20, Math.min(mostStrings, present / 2));
}

/** Times and places: where there are few, it is by chance. */
function isContinuous(property: PropertySchema): boolean {
  return isDate(property) || lastRanges.includes(property.name);
}

function isTelling(facet: Facet): boolean {
  return facet.distinct > 1 || facet.missing > 0;
}

function valueRank(facet: Facet): number {
  if (facet.property === "label") return -1;
  const own = ownOrder.indexOf(facet.property);
  return (isTelling(facet) ? 0 : 100) + (own < 0 ? 0 : own + 1);
}

function rangeRank(name: string): number {
  const first = rangeOrder.indexOf(name);
  if (first >= 0) return first;
  const last = lastRanges.indexOf(name);
  return last >= 0 ? 100 + last : 50;
}
