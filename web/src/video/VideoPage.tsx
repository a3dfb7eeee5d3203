import { useEffect, useRef, useState } from "react";
import { show } from "../api/client";
import type { Entity } from "../api/types";
import { useAnswer } from "../api/useAnswer";
import { describe } from "../gallery/describe";
import type { ResultSet } from "../gallery/ResultSet";
import { Details } from "../image/Details";
import { EntityBar } from "../image/EntityBar";
import { useNeighbours } from "../image/useNeighbours";
import { Button } from "../parts/Button";
import { ErrorNotice } from "../parts/ErrorNotice";
import { useShortcut } from "../parts/useShortcut";
import { leaveTo, navigate } from "../state/navigation";
import type { Query } from "../state/query";
import { entityPath, galleryPath } from "../state/route";
import { PlayedFrames } from "./PlayedFrames";

interface Properties {
  readonly id: string;
  /** Its place among what `query` finds, if it was reached from there. */
  readonly at: number | undefined;
  /** Which of its frames the address names. */
  readonly frame: number;
  readonly query: Query;
  readonly results: ResultSet | undefined;
  /** The names of the properties that hold times. */
  readonly dates: ReadonlySet<string>;
}

/** The page of one video: a frame of it, its timeline, and all that is known of both. */
export function VideoPage({ id, at, frame, query, results, dates }: Properties): JSX.Element {
  const neighbours = useNeighbours(results, id, at);
  const [revision, setRevision] = useState(0);
  const { answer, error, retry } = useAnswer(`${id} ${revision}`, (signal) => show("Video", id, signal));
  const isWhole = answer?._uniqueid === id;
  const entity: Entity = isWhole ? answer : neighbours.self ?? { _uniqueid: id };
  const { title } = describe(entity);

  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${title} – Fovea`;
  }, [title]);

  const leave = (): void => leaveTo(galleryPath(query));
  const go = (step: -1 | 1): void => {
    const neighbour = step < 0 ? neighbours.previous : neighbours.next;
    if (neighbour === undefined || at === undefined) return;
    navigate(entityPath(neighbour._uniqueid, query, at + step), { replace: true });
  };
  useShortcut(["Escape"], true, leave);

  const failure = isWhole ? undefined : error;
  const isGone = failure !== undefined && [400, 404, 410].includes(failure.status);
  const count = entity["frame_count"];
  return (
    <div className="image-page video-page">
      <EntityBar of="Video" entity={entity} title={title} heading={heading} at={at} count={results?.count}
                 neighbours={neighbours} backTo={galleryPath(query)} onLeave={leave} onGo={go} />
      {failure !== undefined && (
        <main className="image-missing">
          <ErrorNotice title={isGone ? `There is no video ${id}` : "The video could not be loaded"}
                       error={failure}>
            {!isGone && <Button kind="primary" onClick={retry}>Try again</Button>}
            <Button onClick={leave}>Back to the gallery</Button>
          </ErrorNotice>
        </main>)}
      {failure === undefined && isWhole && typeof count === "number" && count > 0 && (
        <PlayedFrames key={id} entity={entity} title={title} count={count} frame={frame} at={at} query={query}
                      dates={dates} revision={revision} onChanged={() => setRevision(revision + 1)} />)}
      {failure === undefined && isWhole && !(typeof count === "number" && count > 0) && (
        <>
          <main className="image-main">
            <div className="stage">
              <div className="notice is-error">
                <h2>No frame of it can be shown</h2>
                <p>{typeof entity["error"] === "string" ? entity["error"] : "It has none."}</p>
              </div>
            </div>
          </main>
          <Details of="Video" entity={entity} dates={dates} isWhole />
        </>)}
    </div>
  );
}
