import { useEffect, useRef, type MouseEvent } from "react";
import { blobURL, pixelsURL, thumbnailURL } from "../api/client";
import type { Entity } from "../api/types";
import { describe } from "../gallery/describe";
import { ErrorNotice } from "../parts/ErrorNotice";
import { useSize, type Size } from "../state/useSize";
import { fitted } from "./fitted";
import { useDragScroll } from "./useDragScroll";
import { usePicture, type Outcome } from "./usePicture";

/** Formats that every browser shows; others are shown as PNG. */
const shownByBrowsers = new Set(["jpeg", "png", "gif", "webp", "bmp", "avif"]);

interface Properties {
  readonly entity: Entity;
  /** Operations on the picture, joined by `&`; empty for the original. */
  readonly chain: string;
  readonly isActualSize: boolean;
  readonly onActualSize: (isActualSize: boolean) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** The picture, as large as there is room or pixel by pixel. */
export function Stage({ entity, chain, isActualSize, onActualSize, onOutcome }: Properties): JSX.Element {
  const id = entity._uniqueid;
  const isOriginal = chain.trim() === "";
  const source = isOriginal ? originalURL(entity) : pixelsURL(id, chain);
  const { outcome, onLoad, onError } = usePicture(source);
  useEffect(() => onOutcome(outcome), [outcome]);

  const stage = useRef<HTMLDivElement>(null);
  const room = useSize(stage);
  const wasDragged = useDragScroll(stage, isActualSize);
  const natural = outcome.state === "shown" ? outcome : isOriginal ? storedSize(entity) : undefined;
  const size = natural === undefined ? undefined : isActualSize ? actual(natural) : fitted(natural, room);

  const onClick = (event: MouseEvent<HTMLElement>): void => {
    if (wasDragged()) return;
    const box = event.currentTarget.getBoundingClientRect();
    const point = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    onActualSize(!isActualSize);
    // The point that was clicked comes to the middle, once the picture has its new size.
    if (!isActualSize) requestAnimationFrame(() => centre(stage.current, point));
  };

  if (outcome.state === "failed") {
    return (
      <div className="stage" ref={stage}>
        <ErrorNotice title={isOriginal ? "The picture cannot be shown" : "These operations cannot be done"}
                     error={outcome.error} />
      </div>
    );
  }
  const { title, detail, error } = describe(entity);
  const isThumbnailUnder = outcome.state === "loading" && isOriginal && size !== undefined;
  return (
    <div className={isActualSize ? "stage is-actual" : "stage"} ref={stage}>
      {error !== undefined && <p className="stage-warning">{error}</p>}
      <div className="stage-picture" style={size === undefined ? {} : { ...size }} onClick={onClick}>
        {isThumbnailUnder && <img className="stage-thumbnail" src={thumbnailURL(id, 256)} alt="" />}
        {(entity["format"] !== undefined || !isOriginal) && (
          <img key={source} src={source} alt={`${title}, ${detail}`} draggable={false}
               className={size === undefined ? "is-unsized" : ""} onError={onError}
               onLoad={(event) => onLoad(event.currentTarget)} />)}
      </div>
    </div>
  );
}

function originalURL(entity: Entity): string {
  const format = entity["format"];
  return typeof format === "string" && !shownByBrowsers.has(format)
    ? pixelsURL(entity._uniqueid, "encode=png") : blobURL("Image", entity._uniqueid);
}

function storedSize({ width, height }: Entity): Size | undefined {
  return typeof width === "number" && typeof height === "number" ? { width, height } : undefined;
}

function actual({ width, height }: Size): Size {
  return { width: width / window.devicePixelRatio, height: height / window.devicePixelRatio };
}

function centre(stage: HTMLElement | null, point: { x: number; y: number }): void {
  if (stage === null) return;
  stage.scrollLeft = stage.scrollWidth * point.x - stage.clientWidth / 2;
  stage.scrollTop = stage.scrollHeight * point.y - stage.clientHeight / 2;
}
