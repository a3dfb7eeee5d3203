import { useLayoutEffect, useRef } from "react";
import type { Size } from "../state/useSize";
import { hueOf, maskCorner, maskPixels, type Rectangle, type Shape } from "./shapes";

/** Red, green and blue of the colours of masks; `--hue-0` to `--hue-7` are the same for lines. */
const maskColours = [
  [255, 122, 89], [86, 180, 233], [240, 200, 50], [90, 200, 120], [230, 120, 210], [150, 140, 255], [60, 200, 200],
  [200, 200, 200],
] as const;

interface Properties {
  readonly shapes: readonly Shape[];
  readonly size: Size;
  /** Pixels of the frame for one of the screen. */
  readonly scale: number;
}

/** Boxes, polygons, points and masks over a frame, each with its name. */
export function ShapeLayer({ shapes, size, scale }: Properties): JSX.Element {
  const masks = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => drawMasks(masks.current, shapes, size), [shapes, size.width, size.height]);
  return (
    <>
      <canvas ref={masks} className="shape-masks" width={size.width} height={size.height} aria-hidden="true" />
      <svg className="shapes" viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="none" role="img"
           aria-label={shapes.filter(({ kind }) => kind !== "class").map((shape) => `${shape.name} ${shape.kind}`).join(", ")}>
        {shapes.map((shape) => (
          <g key={shape.key} className={`shape is-hue-${hueOf(shape.name)}`}>
            {outlineOf(shape, scale)}
            <ShapeName shape={shape} scale={scale} />
          </g>))}
      </svg>
    </>
  );
}

function outlineOf(shape: Shape, scale: number): JSX.Element | null {
  switch (shape.kind) {
    case "box": return <rect {...shape.box} />;
    case "polygon": return (
      <path d={shape.rings.map((ring) => `M${ring.map(({ x, y }) => `${x} ${y}`).join("L")}Z`).join("")} />);
    case "points": return (
      <>
        {shape.box !== undefined && <rect {...shape.box} />}
        {shape.points.map(({ x, y }, index) => <circle key={index} cx={x} cy={y} r={3 * scale} />)}
      </>);
    case "mask": case "class": return null;
  }
}

function ShapeName({ shape, scale }: { readonly shape: Shape; readonly scale: number }): JSX.Element | null {
  const corner = cornerOf(shape);
  if (corner === undefined) return null;
  const confidence = shape.confidence === undefined ? "" : ` ${Math.round(shape.confidence * 100)} %`;
  const size = 12 * scale;
  // Above the shape, or within it where there is no room above.
  const y = corner.y > size * 1.4 ? corner.y - size * 0.35 : corner.y + size * 1.05;
  return <text x={corner.x + scale} y={y} fontSize={size} strokeWidth={3 * scale}>{shape.name}{confidence}</text>;
}

function cornerOf(shape: Shape): { x: number; y: number } | undefined {
  if (shape.kind === "class") return undefined;
  if (shape.kind === "mask") return maskCorner(shape.width, shape.height, shape.counts);
  const box: Rectangle | undefined = shape.kind === "polygon" ? undefined : shape.box;
  if (box !== undefined) return box;
  const points = shape.kind === "polygon" ? shape.rings.flat() : shape.kind === "points" ? shape.points : [];
  if (points.length === 0) return undefined;
  return { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) };
}

function drawMasks(canvas: HTMLCanvasElement | null, shapes: readonly Shape[], size: Size): void {
  const context = canvas?.getContext("2d");
  if (canvas === null || context === null || context === undefined) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const image = context.createImageData(size.width, size.height);
  let isEmpty = true;
  for (const shape of shapes) {
    // A mask of another size is of another picture.
    if (shape.kind !== "mask" || shape.width !== size.width || shape.height !== size.height) continue;
    const pixels = maskPixels(shape.width, shape.height, shape.counts);
    if (pixels === undefined) continue;
    const [red, green, blue] = maskColours[hueOf(shape.name)]!;
    isEmpty = false;
    for (let index = 0; index < pixels.length; index += 1) {
      if (pixels[index] === 1) image.data.set([red, green, blue, 120], index * 4);
    }
  }
  if (!isEmpty) context.putImageData(image, 0, 0);
}
