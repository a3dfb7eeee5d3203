import { useMemo } from "react";
import { schema } from "./client";
import type { ClassSchema, PropertySchema } from "./types";
import { useAnswer, type Pending } from "./useAnswer";

const noImages: ClassSchema = { name: "Image", count: 0, properties: [] };

/** What the store knows of the class `Image`, asked again when `revision` changes. */
export function useSchema(revision: number): Pending<ClassSchema> {
  return useAnswer(`schema ${revision}`, async (signal) => {
    const { classes } = await schema(signal);
    return classes.find((one) => one.name === "Image") ?? noImages;
  });
}

export function isDate(property: PropertySchema): boolean {
  return property.types.some((type) => type === "datetime");
}

export function isNumeric(property: PropertySchema): boolean {
  return property.types.some((type) => type === "integer" || type === "float");
}

/** The names of the properties that hold times. */
export function useDateProperties(image: ClassSchema | undefined): ReadonlySet<string> {
  return useMemo(
    () => new Set((image?.properties ?? []).filter(isDate).map((property) => property.name)), [image]);
}
