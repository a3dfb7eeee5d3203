import { useEffect } from "react";
import type { Entity } from "../api/types";
import type { ResultSet } from "../gallery/ResultSet";
import { useResultSet } from "../gallery/useResults";

export interface Neighbours {
  readonly previous: Entity | undefined;
  readonly self: Entity | undefined;
  readonly next: Entity | undefined;
}

const none: Neighbours = { previous: undefined, self: undefined, next: undefined };

/** The images beside the one at the place `at`; none where another stands there now. */
export function useNeighbours(
  results: ResultSet | undefined, id: string, at: number | undefined,
): Neighbours {
  useResultSet(results);
  const count = results?.count;
  useEffect(() => {
    if (results === undefined || count === undefined || at === undefined || at >= count) return;
    results.want(Math.max(0, at - 1), Math.min(count - 1, at + 1));
  }, [results, count, at]);
  const self = at === undefined ? undefined : results?.at(at);
  if (at === undefined || self?._uniqueid !== id) return none;
  return { previous: at > 0 ? results?.at(at - 1) : undefined, self, next: results?.at(at + 1) };
}
