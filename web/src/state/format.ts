import type { Json, MediaClass } from "../api/types";
import { isObject } from "../api/types";

const whole = new Intl.NumberFormat("en");
const precise = new Intl.NumberFormat("en", { maximumSignificantDigits: 7, useGrouping: false });

/** `1234567` → `1,234,567`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 image`, `2 images`, `1 video`. */
export function formatMedia(count: number, of: MediaClass): string {
  return `${formatCount(count)} ${count === 1 ? mediaWord(of) : `${mediaWord(of)}s`}`;
}

/** `image` or `video`. */
export function mediaWord(of: MediaClass): string {
  return of === "Video" ? "video" : "image";
}

/** Seconds as a clock shows them: `1:05`, `2:00:09`; with `digits` of them behind the point, `1:05.040`. */
export function formatClock(seconds: number, digits = 0): string {
  const unit = 10 ** digits;
  const ticks = Math.round(Math.max(0, seconds) * unit);
  const whole = Math.floor(ticks / unit);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const fraction = digits === 0 ? "" : `.${String(ticks % unit).padStart(digits, "0")}`;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}${fraction}` : `${minutes}:${pad(rest)}${fraction}`;
}

/** `83123` → `83.1 kB`, in powers of a thousand, as disks are sold and SI has it. */
export function formatBytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const iso8601 = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** ISO 8601 for reading: `2009-02-25 16:31:21`, fractions of a second cut off, UTC and offsets kept. */
export function formatTime(text: string): string {
  const parts = iso8601.exec(text);
  if (parts === null) return text;
  const [, day, time, zone] = parts;
  if (time === undefined) return day!;
  return `${day} ${time}${zone === undefined ? "" : zone.toUpperCase() === "Z" ? " UTC" : ` ${zone}`}`;
}

export function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : precise.format(value);
}

/** One value of a property, for people. */
export function formatValue(property: string, value: Json, isDate = false): string {
  if (value === null) return "null";
  if (value === "") return "(empty)";
  if (typeof value === "string") return isDate ? formatTime(value) : value;
  if (typeof value === "number") {
    if (property === "duration") return `${formatClock(value)} (${formatNumber(value)} s)`;
    if (property === "bit_rate") return `${formatNumber(Math.round(value / 1000))} kbit/s`;
    return isByteCount(property) ? formatBytes(value) : formatNumber(value);
  }
  if (typeof value === "boolean") return value ? "true" : "false";
  if (Array.isArray(value)) return value.map((one: Json) => formatValue(property, one, isDate)).join(", ");
  if (isObject(value) && typeof value["$date"] === "string") return formatTime(value["$date"]);
  return JSON.stringify(value, undefined, 1).replace(/\s+/g, " ");
}

function isByteCount(property: string): boolean {
  return property === "bytes" || property === "icc_profile_bytes";
}

/** `camera_model` → `Camera model`. */
export function formatName(property: string): string {
  const known = names[property];
  if (known !== undefined) return known;
  const text = property.replace(/^_+/, "").replace(/_/g, " ");
  return text === "" ? property : text[0]!.toUpperCase() + text.slice(1);
}

const names: Readonly<Record<string, string>> = {
  _uniqueid: "Id", _key: "Key", sha256: "SHA-256", phash: "pHash", dhash: "dHash", bits: "Bit depth",
  captured_at: "Captured", added_at: "Added", camera_make: "Camera make", camera_model: "Camera",
  bytes: "File size", std: "Deviation", icc_profile: "Colour profile", icc_profile_bytes: "Profile size", paths: "All paths",
  "labels.class": "Labelled", fps: "Frame rate", frame_count: "Frames", keyframe_count: "Keyframes",
  frame_rate: "Told rate", pts: "Ticks",
};

/** The last component of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}
