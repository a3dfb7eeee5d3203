import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/ApiError";
import type { Pending } from "../api/useAnswer";
import type { MediaSchemas } from "../api/useSchema";
import { FacetDrawer } from "../facets/FacetDrawer";
import { FacetPanel } from "../facets/FacetPanel";
import { Button } from "../parts/Button";
import { readFilter } from "../state/filter";
import { isEverything, type Query } from "../state/query";
import { galleryPath } from "../state/route";
import { navigate } from "../state/navigation";
import { useMediaQuery } from "../state/useMediaQuery";
import { EmptyStore } from "./EmptyStore";
import { Failure } from "./Failure";
import { Grid } from "./Grid";
import { Header } from "./Header";
import { NoMatch } from "./NoMatch";
import { Toolbar } from "./Toolbar";
import { useResultSet, type Results } from "./useResults";
import { useView } from "./useView";

interface Properties {
  readonly query: Query;
  readonly schema: Pending<MediaSchemas>;
  readonly results: Results;
  readonly revision: number;
  /** The place of what was looked at last, or is. */
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onFiles: (files: readonly File[]) => void;
  /** Asks everything anew. */
  readonly onRefresh: () => void;
  /** Not covered by the page of one of them. */
  readonly isOpen: boolean;
}

/** The page of all images, or all videos: a filter above, facets on the left, and the grid. */
export function Gallery(properties: Properties): JSX.Element {
  const { query, schema, results, revision, active, onActive, onFiles, onRefresh, isOpen } = properties;
  const { shown, isPending } = results;
  useResultSet(shown);
  const view = useView();
  const isWide = useMediaQuery("(min-width: 900px)");
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current === isOpen) return;
    wasOpen.current = isOpen;
    // Back from one of them, the arrow keys go on where they were.
    if (isOpen) main.current?.querySelector<HTMLElement>(".grid")?.focus({ preventScroll: true });
  }, [isOpen]);

  const go = (next: Query): void => {
    if (galleryPath(next) !== galleryPath(query)) navigate(galleryPath(next));
  };
  const media = schema.answer?.[query.of];
  const panel = <FacetPanel media={media} query={query} revision={revision} onQuery={go} />;
  const typed = readFilter(query.filter);
  const refusal = typed.isValid ? undefined : new ApiError(400, "invalid_filter", typed.message);
  const failure = refusal ?? shown?.error ?? (shown === undefined ? schema.error : undefined);
  const retry = shown?.error === undefined ? schema.retry : () => shown.retry();
  const count = refusal === undefined ? shown?.count : undefined;
  const isEmpty = count === 0 && isEverything(query) && media?.count === 0;

  return (
    <div className={isOpen ? "gallery" : "gallery is-covered"}>
      <Header query={query} media={media} isOpen={isOpen} onQuery={go} onFiles={onFiles} />
      {isWide && !isEmpty && <aside className="sidebar" aria-label="Facets">{panel}</aside>}
      {!isWide && (
        <FacetDrawer isOpen={isDrawerOpen && isOpen} onClose={() => setIsDrawerOpen(false)}>
          {panel}
        </FacetDrawer>)}
      <main ref={main} className={isPending ? "results is-busy" : "results"} aria-busy={isPending}>
        {!isEmpty && (
          <Toolbar query={query} media={media} count={count} onQuery={go} view={view}
                   onFacets={isWide ? undefined : () => setIsDrawerOpen(true)} />)}
        {count !== undefined && count > 0 && failure !== undefined && (
          <p className="results-error" role="alert">
            Some could not be loaded: {failure.message}{" "}
            <Button kind="text" onClick={retry}>Retry</Button>
          </p>)}
        {isEmpty && <EmptyStore of={query.of} onFiles={onFiles} onRefresh={onRefresh} />}
        {count === 0 && !isEmpty && <NoMatch query={query} onQuery={go} />}
        {shown !== undefined && count !== undefined && count > 0 && (
          <Grid results={shown} count={count} query={query} tileSize={view.tileSize} isFilled={view.isFilled}
                active={active} onActive={onActive} isOpen={isOpen} />)}
        {count === undefined && failure !== undefined && (
          <Failure error={failure} query={query} onQuery={go} onRetry={retry} />)}
      </main>
    </div>
  );
}
