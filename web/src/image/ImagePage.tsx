import { useEffect, useRef, useState } from "react";
import { show } from "../api/client";
import type { Entity } from "../api/types";
import { useAnswer } from "../api/useAnswer";
import { describe } from "../gallery/describe";
import type { ResultSet } from "../gallery/ResultSet";
import { Button } from "../parts/Button";
import { ErrorNotice } from "../parts/ErrorNotice";
import { Segments, type Segment } from "../parts/Segments";
import { useShortcut } from "../parts/useShortcut";
import type { Query } from "../state/query";
import { galleryPath, entityPath } from "../state/route";
import { leaveTo, navigate } from "../state/navigation";
import { useDebounced } from "../state/useDebounced";
import { Details } from "./Details";
import { EntityBar } from "./EntityBar";
import { PixelsBar } from "./PixelsBar";
import { Stage } from "./Stage";
import { useNeighbours } from "./useNeighbours";
import type { Outcome } from "./usePicture";

interface Properties {
  readonly id: string;
  /** Its place among what `query` finds, if it was reached from there. */
  readonly at: number | undefined;
  readonly query: Query;
  readonly results: ResultSet | undefined;
  /** The names of the properties that hold times. */
  readonly dates: ReadonlySet<string>;
}

const sizes: readonly Segment<"fit" | "actual">[] = [
  { value: "fit", text: "Fit", title: "As large as there is room (z)" },
  { value: "actual", text: "1:1", title: "One pixel a pixel (z)" },
];

/** The page of one image: the picture, and all that is known of it. */
export function ImagePage({ id, at, query, results, dates }: Properties): JSX.Element {
  const neighbours = useNeighbours(results, id, at);
  const { answer, error, retry } = useAnswer(id, (signal) => show("Image", id, signal));
  const entity: Entity = answer?._uniqueid === id ? answer : neighbours.self ?? { _uniqueid: id };
  const { title } = describe(entity);
  const [isActualSize, setIsActualSize] = useState(false);
  const [chain, setChain] = useState("");
  const [outcome, setOutcome] = useState<Outcome>();
  const settledChain = useDebounced(chain, 300);

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
  useShortcut(["Escape", "ArrowLeft", "ArrowRight", "z"], true, (key) => {
    if (key === "Escape") leave();
    else if (key === "z") setIsActualSize(!isActualSize);
    else go(key === "ArrowLeft" ? -1 : 1);
  });

  const bar = (
    <EntityBar of="Image" entity={entity} title={title} heading={heading} at={at} count={results?.count}
               neighbours={neighbours} backTo={galleryPath(query)} onLeave={leave} onGo={go}
               stepKeys={["←", "→"]}>
      <Segments label="Size on the screen" segments={sizes} value={isActualSize ? "actual" : "fit"}
                onValue={(size) => setIsActualSize(size === "actual")} />
    </EntityBar>
  );
  if (error !== undefined && answer?._uniqueid !== id) {
    const isGone = error.status === 404 || error.status === 410 || error.status === 400;
    return (
      <div className="image-page">
        {bar}
        <main className="image-missing">
          <ErrorNotice title={isGone ? `There is no image ${id}` : "The image could not be loaded"}
                       error={error}>
            {!isGone && <Button kind="primary" onClick={retry}>Try again</Button>}
            <Button onClick={leave}>Back to the gallery</Button>
          </ErrorNotice>
        </main>
      </div>
    );
  }
  return (
    <div className="image-page">
      {bar}
      <main className="image-main">
        <Stage entity={entity} chain={settledChain} isActualSize={isActualSize} onActualSize={setIsActualSize}
               onOutcome={setOutcome} />
        <PixelsBar id={id} chain={chain} settledChain={settledChain} outcome={outcome} onChain={setChain} />
      </main>
      <Details of="Image" entity={entity} dates={dates} isWhole={answer?._uniqueid === id} />
    </div>
  );
}
