import type { Size } from "../state/useSize";

/** A small picture is not blown up beyond this. */
const largestScale = 2;

/** A picture's size on the screen, as large as there is room; undefined before that is known. */
export function fitted({ width, height }: Size, room: Size): Size | undefined {
  if (room.width === 0 || room.height === 0) return undefined;
  const scale = Math.min(room.width / width, room.height / height, largestScale);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
