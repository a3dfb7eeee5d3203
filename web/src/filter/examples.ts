import type { ClassSchema } from "../api/types";

export interface Example {
  readonly text: string;
  readonly meaning: string;
}

interface Candidate extends Example {
  /** It is shown only where the store knows this property. Labels are known always. */
  readonly property: string;
}

const candidates: readonly Candidate[] = [
  {
    property: "width", meaning: "wide, but not tall",
    text: '{"width": {"$gte": 640}, "height": {"$lt": 480}}',
  },
  {
    property: "label", meaning: "labelled as either",
    text: '{"label": {"$in": ["cat", "dog"]}}',
  },
  {
    property: "captured_at", meaning: "taken since 2009",
    text: '{"captured_at": {"$gte": {"$date": "2009-01-01"}}}',
  },
  {
    property: "duration", meaning: "longer than a minute",
    text: '{"duration": {"$gt": 60}}',
  },
  {
    property: "codec", meaning: "of either codec",
    text: '{"codec": {"$in": ["h264", "hevc"]}}',
  },
  {
    property: "camera_model", meaning: "a camera by its name",
    text: '{"camera_model": {"$regex": "canon", "$options": "i"}}',
  },
  {
    property: "latitude", meaning: "with a place",
    text: '{"latitude": {"$exists": true}}',
  },
  {
    property: "error", meaning: "files that do not decode whole",
    text: '{"error": {"$exists": true}}',
  },
];

/** Filters that make sense for what the store holds. */
export function examples(media: ClassSchema | undefined): readonly Example[] {
  const known = new Set((media?.properties ?? []).map((property) => property.name));
  return candidates.filter(({ property }) => property === "label" || known.has(property)).slice(0, 5);
}
