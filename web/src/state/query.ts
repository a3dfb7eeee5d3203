import type { Json, JsonObject, MediaClass } from "../api/types";
import { isObject } from "../api/types";

/** Bounds of a range in filter language, e.g. `{"$gte": 640, "$lt": 1280}`. */
export type Bounds = { readonly [operator in "$gte" | "$gt" | "$lte" | "$lt"]?: Json };

/** What was chosen of one property: some of its values (`missing` counts as one), or a range. */
export type Choice =
  | { readonly kind: "values"; readonly values: readonly Json[]; readonly missing: boolean }
  | { readonly kind: "range"; readonly bounds: Bounds };

export type Choices = Readonly<Record<string, Choice>>;

/** What the gallery shows. All of it stands in the address. */
export interface Query {
  /** Images or videos. It stands in the path of the address. */
  readonly of: MediaClass;
  /** The text of the filter box, as typed; empty for everything. */
  readonly filter: string;
  /** `"captured_at:desc"`; empty for the store's own order. */
  readonly sort: string;
  readonly choices: Choices;
}

export const everything: Query = { of: "Image", filter: "", sort: "", choices: {} };
export const everyVideo: Query = { ...everything, of: "Video" };

export function isEverything(query: Query): boolean {
  return query.filter.trim() === "" && Object.keys(query.choices).length === 0;
}

/** The query string of an address, `""` or beginning with `?`. Equal queries of one class give equal texts. */
export function formatQuery(query: Query, extra: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams();
  if (query.filter.trim() !== "") parameters.set("filter", query.filter.trim());
  if (query.sort !== "") parameters.set("sort", query.sort);
  const properties = Object.keys(query.choices).sort();
  if (properties.length > 0) {
    const choices = properties.map((property) => [property, formatChoice(query.choices[property]!)] as const);
    parameters.set("choices", JSON.stringify(Object.fromEntries(choices)));
  }
  for (const [name, value] of Object.entries(extra)) parameters.set(name, value);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** Reads what `formatQuery` wrote. Addresses are typed by people too: what makes no sense is left out. */
export function parseQuery(search: string, of: MediaClass = "Image"): Query {
  const parameters = new URLSearchParams(search);
  return {
    of,
    filter: parameters.get("filter") ?? "",
    sort: parameters.get("sort") ?? "",
    choices: parseChoices(parameters.get("choices") ?? "{}"),
  };
}

function formatChoice(choice: Choice): JsonObject {
  if (choice.kind === "range") return { range: { ...choice.bounds } as JsonObject };
  return choice.missing ? { values: choice.values, missing: true } : { values: choice.values };
}

function parseChoices(text: string): Choices {
  const choices: Record<string, Choice> = {};
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return choices;
  }
  if (!isObject(parsed)) return choices;
  for (const [property, value] of Object.entries(parsed)) {
    const choice = parseChoice(value);
    if (choice !== undefined) choices[property] = choice;
  }
  return choices;
}

function parseChoice(value: Json): Choice | undefined {
  if (!isObject(value)) return undefined;
  if (isObject(value["range"])) {
    const bounds = Object.entries(value["range"]).filter(([name]) => /^\$[gl]te?$/.test(name));
    return bounds.length > 0 ? { kind: "range", bounds: Object.fromEntries(bounds) } : undefined;
  }
  const values = Array.isArray(value["values"]) ? (value["values"] as readonly Json[]) : [];
  const missing = value["missing"] === true;
  return values.length > 0 || missing ? { kind: "values", values, missing } : undefined;
}
