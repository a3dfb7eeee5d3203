import { useEffect, useRef, useState, type PointerEvent } from "react";
import type { Histogram } from "../api/types";
import { clamp } from "../gallery/ScrollMap";
import { formatBytes, formatName, formatNumber, formatTime } from "../state/format";
import type { Span } from "./bins";

const height = 44;

interface Properties {
  readonly histogram: Histogram;
  readonly span: Span;
  readonly isDate: boolean;
  /** Called when a choice is finished, not while it is made. */
  readonly onSpan: (span: Span) => void;
}

/** A histogram whose bins are chosen by drawing over them, or with the two sliders at its foot. */
export function RangeBrush({ histogram, span, isDate, onSpan }: Properties): JSX.Element {
  const { edges, counts, property } = histogram;
  const [draft, setDraft] = useState<Span>();
  const anchor = useRef(0);
  const shown = draft ?? span;
  const largest = Math.max(1, ...counts);
  // What was drawn is dropped once the answer to it has come.
  useEffect(() => setDraft(undefined), [histogram, span.low, span.high]);

  const text = (edge: number): string => edgeText(edges[edge], property, isDate);
  const binAt = (event: PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const bin = Math.floor(((event.clientX - box.left) / box.width) * counts.length);
    return clamp(bin, 0, counts.length - 1);
  };
  const finish = (): void => {
    if (draft !== undefined) onSpan(draft);
  };
  const slide = (edge: "low" | "high", value: number): void => {
    setDraft(edge === "low"
      ? { low: Math.min(value, shown.high - 1), high: shown.high }
      : { low: shown.low, high: Math.max(value, shown.low + 1) });
  };
  const slider = (edge: "low" | "high"): JSX.Element => (
    <input type="range" min={0} max={counts.length} step={1} value={shown[edge]} className="range-slider"
           aria-label={`${formatName(property)} ${edge === "low" ? "from" : "to"}`}
           aria-valuetext={text(shown[edge])}
           onChange={(event) => slide(edge, Number(event.target.value))}
           onPointerUp={finish} onKeyUp={finish} onBlur={finish} />
  );

  return (
    <>
      <svg className="range-bars" viewBox={`0 0 ${counts.length} ${height}`} preserveAspectRatio="none"
           height={height} aria-hidden="true"
           onPointerDown={(event) => {
             event.currentTarget.setPointerCapture(event.pointerId);
             anchor.current = binAt(event);
             setDraft({ low: anchor.current, high: anchor.current + 1 });
           }}
           onPointerMove={(event) => {
             if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
             const bin = binAt(event);
             setDraft({ low: Math.min(bin, anchor.current), high: Math.max(bin, anchor.current) + 1 });
           }}
           onPointerUp={finish} onPointerCancel={() => setDraft(undefined)}>
        {counts.map((count, bin) => {
          const bar = count === 0 ? 0 : Math.max(1.5, (count / largest) * height);
          const isIn = bin >= shown.low && bin < shown.high;
          return (
            <rect key={bin} className={isIn ? "is-in" : ""} x={bin + 0.06} width={0.88}
                  y={height - bar} height={bar} />);
        })}
      </svg>
      <div className="range-sliders">{slider("low")}{slider("high")}</div>
      <p className="range-text"><span>{text(shown.low)}</span><span>{text(shown.high)}</span></p>
    </>
  );
}

/** Bins need not begin at whole numbers; three digits say enough of where they do. */
function edgeText(edge: number | string | undefined, property: string, isDate: boolean): string {
  if (typeof edge === "string") return isDate ? formatTime(edge).slice(0, 10) : edge;
  if (edge === undefined) return "";
  if (property === "bytes") return formatBytes(edge);
  return formatNumber(Math.abs(edge) >= 100 ? Math.round(edge) : Number(edge.toPrecision(3)));
}
