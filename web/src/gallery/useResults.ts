import { useEffect, useState, useSyncExternalStore } from "react";
import { composeFilter } from "../state/filter";
import type { Query } from "../state/query";
import { galleryPath } from "../state/route";
import { ResultSet } from "./ResultSet";

export interface Results {
  /** What is shown: the answer to the query before until the new one's has come. Undefined at first. */
  readonly shown: ResultSet | undefined;
  /** A newer answer is awaited. */
  readonly isPending: boolean;
}

/**
 * What `query` finds, from the place `start` on; asked again when `revision` changes.
 *
 * A query whose text is no JSON finds nothing and leaves what was shown.
 */
export function useResults(query: Query, revision: number, start: number): Results {
  const [shown, setShown] = useState<ResultSet>();
  const [isPending, setIsPending] = useState(true);
  const key = galleryPath(query);

  useEffect(() => {
    const filter = composeFilter(query);
    if (filter === undefined) {
      setIsPending(false);
      return undefined;
    }
    const next = new ResultSet(key, query.of, filter, query.sort);
    setIsPending(true);
    const show = (): void => {
      unsubscribe();
      setShown(next);
      setIsPending(false);
    };
    const unsubscribe = next.subscribe(show);
    next.want(start, start);
    return () => next.close();
    // `key` names `query`, and `start` only says where to begin.
  }, [key, revision]);

  return { shown, isPending };
}

/** Renders again whenever `results` changes. */
export function useResultSet(results: ResultSet | undefined): void {
  useSyncExternalStore(results?.subscribe ?? neverChanges, () => results?.version ?? 0);
}

function neverChanges(): () => void {
  return () => undefined;
}
