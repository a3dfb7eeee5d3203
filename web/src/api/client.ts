import { ApiError } from "./ApiError";
import type {
  Entity, Facet, FacetsAnswer, FindAnswer, Frame, Histogram, Json, JsonObject, LabelAnswer, MediaClass,
  Operation, Schema,
} from "./types";

/** A class of which something is asked: those that the page shows, and the parts of videos. */
type AskedClass = MediaClass | "Frame" | "Clip";

function entities(of: AskedClass): string {
  return `/v1/entities/${of}`;
}

function entity(of: AskedClass, id: string): string {
  return `${entities(of)}/${encodeURIComponent(id)}`;
}

/** A page of what a filter finds. `sort` is as in `"captured_at:desc"`, empty for the store's own order. */
export interface FindRequest {
  readonly filter: Json;
  readonly sort: string;
  readonly skip: number;
  readonly limit: number;
  readonly projection: JsonObject;
  readonly count: boolean;
}

export function find(of: AskedClass, request: FindRequest, signal: AbortSignal): Promise<FindAnswer> {
  const { sort, ...rest } = request;
  return post(`${entities(of)}/find`, sort === "" ? { ...rest } : { ...rest, sort }, signal);
}

export async function count(of: AskedClass, filter: Json, signal: AbortSignal): Promise<number> {
  const answer = await post<{ count: number }>(`${entities(of)}/count`, { filter }, signal);
  return answer.count;
}

export async function facets(
  of: AskedClass, filter: Json, properties: readonly string[], limit: number, signal: AbortSignal,
): Promise<readonly Facet[]> {
  const answer = await post<FacetsAnswer>(`${entities(of)}/facets`, { filter, properties, limit }, signal);
  return answer.facets;
}

export function histogram(
  of: AskedClass, filter: Json, property: string, bins: number, signal: AbortSignal,
): Promise<Histogram> {
  return post(`${entities(of)}/histogram`, { filter, property, bins }, signal);
}

/** The counts of `property` between `edges`, which rise. */
export function histogramBetween(
  of: AskedClass, filter: Json, property: string, edges: readonly number[], signal: AbortSignal,
): Promise<Histogram> {
  return post(`${entities(of)}/histogram`, { filter, property, edges }, signal);
}

/** At most `limit` labels of what matches a filter. */
export async function labels(
  of: AskedClass, filter: Json, limit: number, signal: AbortSignal,
): Promise<readonly LabelAnswer[]> {
  const answer = await post<{ labels: readonly LabelAnswer[] }>(
    `${entities(of)}/labels`, { filter, limit }, signal);
  return answer.labels;
}

export function schema(signal: AbortSignal): Promise<Schema> {
  return request("/v1/schema", { signal });
}

export function show(of: MediaClass, id: string, signal: AbortSignal): Promise<Entity> {
  return request(entity(of, id), { signal });
}

/** Frames of a video from one up to, not including, another; their checksums where they are wanted. */
export async function frames(
  video: string, from: number, to: number, options: { crc?: boolean; keyframes?: boolean },
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const query = new URLSearchParams({ from: String(from), to: String(to) });
  if (options.crc === true) query.set("crc", "true");
  if (options.keyframes === true) query.set("keyframes", "true");
  const text = await (await answered(`${entity("Video", video)}/frames?${query}`, { signal })).text();
  return text.split("\n").filter((line) => line !== "").map((line) => readFrame(line));
}

/** Behind the status, a failure comes as a line of its own. */
function readFrame(line: string): Frame {
  const read = JSON.parse(line) as Frame | { error: unknown };
  if ("error" in read) throw ApiError.of(200, line);
  return read;
}

/** Looks for motion in a video unless that was done. */
export function findMotion(video: string, signal: AbortSignal): Promise<{ verdict: string }> {
  return post(`${entity("Video", video)}/motion`, {}, signal);
}

/** A frame of a video by its number, its pixels as the server has them or compressed and smaller. */
export async function frameBitmap(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  const blob = await (await answered(address, { signal })).blob();
  // The server's numbers are shown as they are: no profile, no alpha, no conversion.
  return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}

export async function operations(signal: AbortSignal): Promise<readonly Operation[]> {
  const answer = await request<{ operations: readonly Operation[] }>("/v1/operations", { signal });
  return answer.operations;
}

export function uploadURL(of: MediaClass): string {
  return entities(of);
}

export function blobURL(of: MediaClass, id: string): string {
  return `${entity(of, id)}/blob`;
}

/** The address of derived pixels. `chain` holds operations joined by `&`, as a person types them. */
export function pixelsURL(id: string, chain: string): string {
  const steps = chain.split("&").map((step) => step.trim()).filter((step) => step !== "");
  return `${entity("Image", id)}/pixels?${steps.map(encodeStep).join("&")}`;
}

/** The address of one frame without loss. */
export function frameURL(video: string, number: number): string {
  return `${entity("Video", video)}/pixels?frame=${number}&encode=png`;
}

/** The address of one frame as it is shown on the way: at most `side` pixels long, compressed. */
export function draftURL(video: string, number: number, side: number): string {
  return `${entity("Video", video)}/pixels?frame=${number}&thumbnail=${side}x${side}&encode=jpeg,quality=85`;
}

/** The address of a frame as a thumbnail whose longer side has `side` pixels. */
export function frameThumbnailURL(video: string, number: number, side: 256 | 512): string {
  return `${entity("Video", video)}/pixels?frame=${number}&thumbnail=${side}x${side}&encode=webp,quality=75`;
}

/** The address of a thumbnail whose longer side has `side` pixels. */
export function thumbnailURL(id: string, side: 256 | 512): string {
  return pixelsURL(id, `thumbnail=${side}x${side}&encode=webp,quality=75`);
}

/** Keeps `=`, `,` and `:` readable: an address is shown to people. */
function encodeStep(step: string): string {
  return encodeURIComponent(step).replace(/%3D/g, "=").replace(/%2C/g, ",").replace(/%3A/g, ":");
}

function post<Answer>(path: string, body: object, signal: AbortSignal): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  return (await (await answered(path, init)).json()) as Answer;
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw ApiError.unreachable();
  }
  if (!response.ok) throw ApiError.of(response.status, await response.text());
  return response;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
