import { formatQuery, parseQuery, type Query } from "./query";

/** What an address shows. All pages carry the gallery's query, so that one leads back to the other. */
export type Route =
  | { readonly page: "gallery"; readonly query: Query }
  | { readonly page: "image"; readonly id: string; readonly at: number | undefined; readonly query: Query }
  | {
    readonly page: "video"; readonly id: string; readonly at: number | undefined; readonly query: Query;
    /** Which of its frames is shown. */
    readonly frame: number;
  }
  | { readonly page: "unknown"; readonly path: string; readonly query: Query };

export function parseRoute(path: string, search: string): Route {
  if (path === "/" || path === "/index.html") return { page: "gallery", query: parseQuery(search) };
  if (/^\/videos\/?$/.test(path)) return { page: "gallery", query: parseQuery(search, "Video") };
  const entity = /^\/(images|videos)\/([^/]+)\/?$/.exec(path);
  if (entity === null) return { page: "unknown", path, query: parseQuery(search) };
  const parameters = new URLSearchParams(search);
  const [id, at] = [decode(entity[2]!), wholeNumber(parameters.get("at"))];
  if (entity[1] === "images") return { page: "image", id, at, query: parseQuery(search) };
  const frame = wholeNumber(parameters.get("frame")) ?? 0;
  return { page: "video", id, at, frame, query: parseQuery(search, "Video") };
}

export function isGalleryPath(path: string): boolean {
  return parseRoute(path, "").page === "gallery";
}

export function galleryPath(query: Query): string {
  return `${query.of === "Video" ? "/videos" : "/"}${formatQuery(query)}`;
}

/** The address of an entity; `at` is its place among what `query` finds, if it was reached from there. */
export function entityPath(id: string, query: Query, at?: number): string {
  const folder = query.of === "Video" ? "videos" : "images";
  return `/${folder}/${encodeURIComponent(id)}${formatQuery(query, at === undefined ? {} : { at: String(at) })}`;
}

/** The address of a video at one of its frames. */
export function videoPath(id: string, query: Query, at: number | undefined, frame: number): string {
  const place = at === undefined ? {} : { at: String(at) };
  const shown = frame === 0 ? {} : { frame: String(frame) };
  return `/videos/${encodeURIComponent(id)}${formatQuery(query, { ...place, ...shown })}`;
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
