import { formatQuery, parseQuery, type Query } from "./query";

/** What an address shows. Both pages carry the gallery's query, so that one leads back to the other. */
export type Route =
  | { readonly page: "gallery"; readonly query: Query }
  | { readonly page: "image"; readonly id: string; readonly at: number | undefined; readonly query: Query }
  | { readonly page: "unknown"; readonly path: string; readonly query: Query };

export function parseRoute(path: string, search: string): Route {
  const query = parseQuery(search);
  if (path === "/" || path === "/index.html") return { page: "gallery", query };
  const image = /^\/images\/([^/]+)\/?$/.exec(path);
  if (image === null) return { page: "unknown", path, query };
  const at = /^\d{1,15}$/.exec(new URLSearchParams(search).get("at") ?? "");
  return { page: "image", id: decode(image[1]!), at: at === null ? undefined : Number(at[0]), query };
}

export function galleryPath(query: Query): string {
  return `/${formatQuery(query)}`;
}

/** The address of an image; `at` is its place among what `query` finds, if it was reached from there. */
export function imagePath(id: string, query: Query, at?: number): string {
  return `/images/${encodeURIComponent(id)}${formatQuery(query, at === undefined ? {} : { at: String(at) })}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
