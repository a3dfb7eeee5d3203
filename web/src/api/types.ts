/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** The classes of which the page shows entities. */
export type MediaClass = "Image" | "Video";

/** An entity as the server shows it: its id and whatever properties it has. A missing one is not there. */
export interface Entity {
  readonly _uniqueid: string;
  readonly [property: string]: Json;
}

/** One frame of a video. */
export interface Frame {
  /** From 0, in the order in which frames are shown. */
  readonly frame_number: number;
  /** In seconds from the video's first frame. */
  readonly time: number;
  /** In ticks of the video. */
  readonly pts: number;
  readonly keyframe: boolean;
  /** CRC-32 of the luma samples, where it was asked for. */
  readonly crc?: string;
}

/** One label, and the entity that it is of. Boxes and polygons stand beside it, other places in `geometry`. */
export interface LabelAnswer {
  readonly image: string;
  readonly label: number;
  readonly kind: string;
  readonly class?: string;
  readonly confidence?: number;
  readonly source: string;
  readonly [member: string]: Json | undefined;
}

export interface FindAnswer {
  readonly entities: readonly Entity[];
  readonly count?: number;
}

export interface FacetValue {
  readonly value: Json;
  readonly count: number;
}

/** The values of one property within a filter, the most frequent first. */
export interface Facet {
  readonly property: string;
  readonly values: readonly FacetValue[];
  /** How many different values there are, shown or not. */
  readonly distinct: number;
  /** How many entities lack the property. */
  readonly missing: number;
}

export interface FacetsAnswer {
  readonly count: number;
  readonly facets: readonly Facet[];
}

/** `counts[i]` values lie in `edges[i] ..< edges[i + 1]`; the last bin holds its upper edge too. */
export interface Histogram {
  readonly property: string;
  /** Numbers; of a property that holds times, ISO 8601 texts or microseconds since 1970. */
  readonly edges: readonly (number | string)[];
  readonly counts: readonly number[];
  readonly missing: number;
}

export interface PropertySchema {
  readonly name: string;
  /** `integer`, `float`, `boolean`, `string`, `datetime`, `json` or `null`; several where values differ. */
  readonly types: readonly string[];
}

export interface ClassSchema {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly PropertySchema[];
}

export interface Schema {
  readonly classes: readonly ClassSchema[];
}

/** One operation on pixels, as `/v1/operations` describes it. */
export interface Operation {
  readonly name: string;
  /** Where among others it may stand: first, between, or last. */
  readonly stage: "decode" | "pixels" | "output";
  readonly summary: string;
  /** Texts that work as they stand in the query of `…/pixels`. */
  readonly examples: readonly string[];
}

/** What became of one uploaded file. */
export interface Verdict {
  readonly verdict: "added" | "duplicate" | "skipped" | "failed";
  readonly _uniqueid?: string;
  /** Why it was not added. */
  readonly reason?: string;
  /** What is noteworthy though it was added, such as that it is cut short. */
  readonly note?: string;
}

export interface UploadAnswer {
  readonly verdicts: readonly Verdict[];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
