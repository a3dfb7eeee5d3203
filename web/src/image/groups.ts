import type { Entity, Json } from "../api/types";

export interface Group {
  readonly title: string;
  readonly properties: readonly (readonly [name: string, value: Json])[];
}

/** Properties that Fovea finds out by itself; any other is its owner's. */
const known: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Video", [
    "duration", "fps", "frame_rate", "variable_rate", "frame_count", "keyframe_count", "codec", "container",
    "pixel_format", "pixel_aspect", "rotation", "bit_rate", "audio_tracks", "audio",
  ]],
  ["Picture", [
    "width", "height", "channels", "bits", "alpha", "frames", "format", "bytes", "orientation",
    "icc_profile", "icc_profile_bytes", "error",
  ]],
  ["Camera", ["captured_at", "camera_make", "camera_model"]],
  ["Place", ["latitude", "longitude", "altitude"]],
  ["File", ["path", "paths", "added_at", "_uniqueid", "_key", "sha256"]],
  ["Likeness", ["phash", "dhash"]],
];

/** These are shown as pictures and tables, not as rows. */
const shownElsewhere = new Set(["labels", "histogram", "exif", "mean", "std"]);

/** The properties of an image or a video by what they tell: its owner's first. Empty groups are left out. */
export function groupsOf(entity: Entity): readonly Group[] {
  const ours = new Set(known.flatMap(([, names]) => names));
  const labels = entity["labels"];
  const hasLabels = Array.isArray(labels) && labels.length > 0;
  const custom = Object.entries(entity).filter(([name]) =>
    !ours.has(name) && !shownElsewhere.has(name) && !(name === "label" && hasLabels));
  custom.sort(([a], [b]) => Number(b === "label") - Number(a === "label"));
  const groups: Group[] = [
    { title: "Properties", properties: custom },
    ...known.map(([title, names]) => ({ title, properties: names.flatMap((name) => present(entity, name)) })),
  ];
  return groups.filter(({ properties }) => properties.length > 0);
}

function present(entity: Entity, name: string): (readonly [string, Json])[] {
  const value = entity[name];
  return value === undefined ? [] : [[name, value]];
}
