import type { Entity } from "../api/types";
import { fileName, formatValue } from "../state/format";

export interface Description {
  /** The file's name, or the id of an image that came without one. */
  readonly title: string;
  /** Size and label, as far as they are known. */
  readonly detail: string;
  /** Why the image could not be read whole. */
  readonly error: string | undefined;
}

export function describe(entity: Entity): Description {
  const { path, width, height, label, error } = entity;
  const details = [
    width !== undefined && height !== undefined ? `${String(width)} × ${String(height)}` : undefined,
    label !== undefined ? formatValue("label", label) : undefined,
  ];
  return {
    title: typeof path === "string" ? fileName(path) : entity._uniqueid,
    detail: details.filter((one) => one !== undefined).join(" · "),
    error: typeof error === "string" ? error : undefined,
  };
}
