import { ApiError } from "./ApiError";
import type {
  Entity, Facet, FacetsAnswer, FindAnswer, Histogram, Json, JsonObject, Operation, Schema,
} from "./types";

const images = "/v1/entities/Image";

/** A page of what a filter finds. `sort` is as in `"captured_at:desc"`, empty for the store's own order. */
export interface FindRequest {
  readonly filter: Json;
  readonly sort: string;
  readonly skip: number;
  readonly limit: number;
  readonly projection: JsonObject;
  readonly count: boolean;
}

export function find(request: FindRequest, signal: AbortSignal): Promise<FindAnswer> {
  const { sort, ...rest } = request;
  return post(`${images}/find`, sort === "" ? { ...rest } : { ...rest, sort }, signal);
}

export async function count(filter: Json, signal: AbortSignal): Promise<number> {
  const answer = await post<{ count: number }>(`${images}/count`, { filter }, signal);
  return answer.count;
}

export async function facets(
  filter: Json, properties: readonly string[], limit: number, signal: AbortSignal,
): Promise<readonly Facet[]> {
  const answer = await post<FacetsAnswer>(`${images}/facets`, { filter, properties, limit }, signal);
  return answer.facets;
}

export function histogram(
  filter: Json, property: string, bins: number, signal: AbortSignal,
): Promise<Histogram> {
  return post(`${images}/histogram`, { filter, property, bins }, signal);
}

export function schema(signal: AbortSignal): Promise<Schema> {
  return request("/v1/schema", { signal });
}

export function image(id: string, signal: AbortSignal): Promise<Entity> {
  return request(`${images}/${encodeURIComponent(id)}`, { signal });
}

export async function operations(signal: AbortSignal): Promise<readonly Operation[]> {
  const answer = await request<{ operations: readonly Operation[] }>("/v1/operations", { signal });
  return answer.operations;
}

export const uploadURL = images;

export function blobURL(id: string): string {
  return `${images}/${encodeURIComponent(id)}/blob`;
}

/** The address of derived pixels. `chain` holds operations joined by `&`, as a person types them. */
export function pixelsURL(id: string, chain: string): string {
  const steps = chain.split("&").map((step) => step.trim()).filter((step) => step !== "");
  return `${images}/${encodeURIComponent(id)}/pixels?${steps.map(encodeStep).join("&")}`;
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
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw ApiError.unreachable();
  }
  if (!response.ok) throw ApiError.of(response.status, await response.text());
  return (await response.json()) as Answer;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
