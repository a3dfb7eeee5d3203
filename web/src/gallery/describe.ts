import type { Entity } from "../api/types";
import { fileName, formatClock, formatValue } from "../state/format";

export interface Description {
  /** The file's name, or the id of what came without one. */
  readonly title: string;
  /** Size, label, and of videos codec and duration, as far as they are known. */
  readonly detail: string;
  /** Why it could not be read whole. */
  readonly error: string | undefined;
}

export function describe(entity: Entity): Description {
  const { path, url, width, height, label, error, codec, duration } = entity;
  const details = [
    width !== undefined && height !== undefined ? `${String(width)} × ${String(height)}` : undefined,
    typeof codec === "string" ? codec : undefined,
    typeof duration === "number" ? formatClock(duration) : undefined,
    label !== undefined ? formatValue("label", label) : undefined,
  ];
  return {
    title: typeof path === "string" ? fileName(path) : typeof url === "string" ? fileName(url) : entity._uniqueid,
    detail: details.filter((one) => one !== undefined).join(" · "),
    error: typeof error === "string" ? error : undefined,
  };
}
