import { useLayoutEffect, useRef } from "react";
import type { ApiError } from "../api/ApiError";
import { fitted } from "../image/fitted";
import { Button } from "../parts/Button";
import { ErrorNotice } from "../parts/ErrorNotice";
import { useSize, type Size } from "../state/useSize";
import type { ShownFrame } from "./FramePlayer";
import { ShapeLayer } from "./ShapeLayer";
import type { Shape } from "./shapes";

interface Properties {
  readonly title: string;
  /** Of upright frames, in pixels. */
  readonly size: Size;
  /** Width to height of one pixel. */
  readonly pixelAspect: number;
  readonly wanted: number;
  readonly shown: ShownFrame<ImageBitmap> | undefined;
  readonly isExact: boolean;
  readonly error: ApiError | undefined;
  readonly warning: string | undefined;
  /** What is drawn over the frame. */
  readonly shapes: readonly Shape[];
  readonly onRetry: () => void;
}

/** The frame, as large as there is room, with what is said of it drawn over. */
export function FrameStage(properties: Properties): JSX.Element {
  const { title, size, pixelAspect, wanted, shown, isExact, error, warning, shapes, onRetry } = properties;
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useSize(stage);
  const place = fitted({ width: size.width * pixelAspect, height: size.height }, room);

  useLayoutEffect(() => {
    const target = canvas.current;
    if (target === null || shown === undefined) return;
    const { picture, quality } = shown;
    // Frames of one video may differ in size; a draft is smaller than its frame.
    const { width, height } = quality === "exact" ? picture : size;
    if (target.width !== width || target.height !== height) [target.width, target.height] = [width, height];
    const context = target.getContext("2d");
    if (context === null) return;
    context.imageSmoothingEnabled = quality === "draft";
    context.clearRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    target.dataset["frame"] = String(shown.number);
    target.dataset["exact"] = String(isExact);
  }, [shown, isExact, size.width, size.height, error === undefined]);

  return (
    <div className="stage is-video" ref={stage} aria-busy={shown?.number !== wanted && error === undefined}>
      {warning !== undefined && <p className="stage-warning">{warning}</p>}
      {error !== undefined && (
        <ErrorNotice title={`Frame ${wanted} cannot be shown`} error={error}>
          <Button onClick={onRetry}>Try again</Button>
        </ErrorNotice>)}
      {error === undefined && place !== undefined && (
        <div className="stage-picture" style={{ ...place }}>
          <canvas ref={canvas} className="stage-frame" role="img" aria-label={`Frame ${wanted} of ${title}`} />
          {shown?.number === wanted && shapes.length > 0 && (
            <ShapeLayer shapes={shapes} size={size} scale={size.width / place.width} />)}
        </div>)}
    </div>
  );
}
