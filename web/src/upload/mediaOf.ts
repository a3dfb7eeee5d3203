import type { MediaClass } from "../api/types";

/** Endings of videos that browsers know no type of, or not everywhere. */
const endings = new Set([
  "mp4", "m4v", "mov", "qt", "3gp", "3g2", "mkv", "webm", "avi", "ts", "mts", "m2ts", "mpg", "mpeg", "vob", "flv",
  "ogv", "asf", "wmv", "mxf", "ivf",
]);

/** Whether a file is sent as a video: by the type that the browser knows, or by its name. */
export function mediaOf({ name, type }: { readonly name: string; readonly type: string }): MediaClass {
  if (type.startsWith("image/")) return "Image";
  // Browsers take .ts for a program's text as often as for a transport stream.
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return type.startsWith("video/") || endings.has(ending) ? "Video" : "Image";
}
