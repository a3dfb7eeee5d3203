import type { ApiError } from "../api/ApiError";
import { Button } from "../parts/Button";

interface Properties {
  readonly error: ApiError;
  readonly onRetry: () => void;
}

export function FacetsError({ error, onRetry }: Properties): JSX.Element {
  return (
    <p className="facets-error" role="alert">
      Facets could not be counted: {error.message} <Button kind="text" onClick={onRetry}>Retry</Button>
    </p>
  );
}
