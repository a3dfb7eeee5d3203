import type { ApiError } from "../api/ApiError";
import { Button } from "../parts/Button";
import { ErrorNotice } from "../parts/ErrorNotice";
import { mediaWord } from "../state/format";
import { everything, isEverything, type Query } from "../state/query";

interface Properties {
  readonly error: ApiError;
  readonly query: Query;
  readonly onQuery: (query: Query) => void;
  readonly onRetry: () => void;
}

/** Why there is no grid, and the way on. */
export function Failure({ error, query, onQuery, onRetry }: Properties): JSX.Element {
  const isRefused = error.status === 400;
  return (
    <ErrorNotice title={isRefused ? "The query was refused" : `The ${mediaWord(query.of)}s could not be loaded`} error={error}>
      {!isRefused && <Button kind="primary" onClick={onRetry}>Try again</Button>}
      {(isRefused || !isEverything(query)) && (
        <Button kind={isRefused ? "primary" : "plain"} onClick={() => onQuery({ ...everything, of: query.of })}>
          Show all {mediaWord(query.of)}s
        </Button>)}
    </ErrorNotice>
  );
}
