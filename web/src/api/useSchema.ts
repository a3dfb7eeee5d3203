import { useMemo } from "react";
import { schema } from "./client";
import type { ClassSchema, MediaClass, PropertySchema } from "./types";
import { useAnswer, type Pending } from "./useAnswer";

export type MediaSchemas = Readonly<Record<MediaClass, ClassSchema>>;

/** What the store knows of images and of videos, asked again when `revision` changes. */
export function useSchema(revision: number): Pending<MediaSchemas> {
  return useAnswer(`schema ${revision}`, async (signal) => {
    const { classes } = await schema(signal);
    const known = (name: MediaClass): ClassSchema =>
      classes.find((one) => one.name === name) ?? { name, count: 0, properties: [] };
    return { Image: known("Image"), Video: known("Video") };
  });
}

export function isDate(property: PropertySchema): boolean {
  return property.types.some((type) => type === "datetime");
}

export function isNumeric(property: PropertySchema): boolean {
  return property.types.some((type) => type === "integer" || type === "float");
}

/** The names of the properties that hold times. */
export function useDateProperties(schemas: MediaSchemas | undefined): ReadonlySet<string> {
  return useMemo(() => {
    const properties = [...(schemas?.Image.properties ?? []), ...(schemas?.Video.properties ?? [])];
    return new Set(properties.filter(isDate).map((property) => property.name));
  }, [schemas]);
}
