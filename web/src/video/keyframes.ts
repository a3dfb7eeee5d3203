import type { Frame } from "../api/types";

/** Frames that are looked through at first; twice as many each time that there is no keyframe among them. */
const firstReach = 512;

type Load = (from: number, to: number) => Promise<readonly Pick<Frame, "frame_number">[]>;

/**
 * The keyframe before or behind a frame; undefined where there is none.
 *
 * @param load the keyframes from one frame up to, not including, another, in order
 */
export async function keyframeBeside(
  number: number, direction: -1 | 1, count: number, load: Load,
): Promise<number | undefined> {
  let reach = firstReach;
  let edge = direction < 0 ? number : number + 1;
  while (direction < 0 ? edge > 0 : edge < count) {
    const [from, to] = direction < 0
      ? [Math.max(0, edge - reach), edge] : [edge, Math.min(count, edge + reach)];
    const found = await load(from, to);
    const nearest = direction < 0 ? found[found.length - 1] : found[0];
    if (nearest !== undefined) return nearest.frame_number;
    edge = direction < 0 ? from : to;
    reach *= 2;
  }
  return undefined;
}
