import type { Json, JsonObject } from "../api/types";
import { isObject } from "../api/types";
import type { Choice, Choices, Query } from "./query";

/** A filter typed as text: its value, or why it is no JSON. Empty text is the filter of everything. */
export type FilterText =
  | { readonly isValid: true; readonly value: JsonObject }
  | { readonly isValid: false; readonly message: string };

/** Reads a filter's text as far as can be told without the server: it must be a JSON object. */
export function readFilter(text: string): FilterText {
  if (text.trim() === "") return { isValid: true, value: {} };
  try {
    const value = JSON.parse(text) as Json;
    if (isObject(value)) return { isValid: true, value };
    return { isValid: false, message: "A filter is an object, such as {\"width\": {\"$gte\": 640}}" };
  } catch (error) {
    return { isValid: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The filter that a query asks for: the typed one and every choice, leaving out the choice of `except`.
 *
 * Undefined where the typed one is no JSON.
 */
export function composeFilter(query: Query, except?: string): JsonObject | undefined {
  const typed = readFilter(query.filter);
  if (!typed.isValid) return undefined;
  const parts = [typed.value, ...clauses(query.choices, except)]
    .filter((part) => Object.keys(part).length > 0);
  if (parts.length === 0) return {};
  return parts.length === 1 ? parts[0]! : { $and: parts };
}

function clauses(choices: Choices, except: string | undefined): JsonObject[] {
  return Object.keys(choices).sort()
    .filter((property) => property !== except)
    .map((property) => clause(property, choices[property]!));
}

/** One choice in filter language. */
export function clause(property: string, choice: Choice): JsonObject {
  if (choice.kind === "range") return { [property]: { ...choice.bounds } as JsonObject };
  const isMissing: JsonObject = { [property]: { $exists: false } };
  if (choice.values.length === 0) return isMissing;
  const isOneOf = oneOf(property, choice.values);
  return choice.missing ? { $or: [isOneOf, isMissing] } : isOneOf;
}

/**
 * Unlike in filter language, a chosen null is a null that is there; a missing property is chosen as such.
 */
function oneOf(property: string, values: readonly Json[]): JsonObject {
  const isIn: JsonObject = { [property]: values.length === 1 ? equal(values[0]!) : { $in: values } };
  return values.includes(null) ? { $and: [isIn, { [property]: { $exists: true } }] } : isIn;
}

/** Objects are spelled out: their first key might begin with `$`. Times are literals already. */
function equal(value: Json): Json {
  return isObject(value) && !("$date" in value) ? { $eq: value } : value;
}

/** A value in filter language: a property that holds times is compared with a time, not with its text. */
export function literal(value: Json, isDate: boolean): Json {
  return isDate && typeof value === "string" ? { $date: value } : value;
}

/** What a literal stands for: the text of a time, anything else as it is. */
export function literalValue(value: Json): Json {
  return isObject(value) && typeof value["$date"] === "string" ? value["$date"] : value;
}

/** `choices` with `property` chosen anew, or no longer. */
export function withChoice(choices: Choices, property: string, choice: Choice | undefined): Choices {
  const { [property]: _, ...rest } = choices;
  return choice === undefined ? rest : { ...rest, [property]: choice };
}

/** `choice` with `value` switched on or off; undefined when nothing is left of it. */
export function toggled(choice: Choice | undefined, value: Json): Choice | undefined {
  const { values, missing } = asValues(choice);
  const text = JSON.stringify(value);
  const others = values.filter((one) => JSON.stringify(one) !== text);
  return valuesChoice(others.length < values.length ? others : [...values, value], missing);
}

/** `choice` with the entities that lack the property switched on or off. */
export function toggledMissing(choice: Choice | undefined): Choice | undefined {
  const { values, missing } = asValues(choice);
  return valuesChoice(values, !missing);
}

export function isChosen(choice: Choice | undefined, value: Json): boolean {
  const text = JSON.stringify(value);
  return asValues(choice).values.some((one) => JSON.stringify(one) === text);
}

function asValues(choice: Choice | undefined): { values: readonly Json[]; missing: boolean } {
  return choice?.kind === "values" ? choice : { values: [], missing: false };
}

function valuesChoice(values: readonly Json[], missing: boolean): Choice | undefined {
  return values.length > 0 || missing ? { kind: "values", values, missing } : undefined;
}
