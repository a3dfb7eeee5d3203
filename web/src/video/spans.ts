/** A stretch of a video of which something is said. */
export interface Span {
  /** Its first frame. */
  readonly start: number;
  /** The first frame that no longer belongs to it. */
  readonly stop: number;
  /** How strongly it holds, in `0...1`. */
  readonly score: number | undefined;
  /** What is said. */
  readonly name: string;
  /** Its particulars. */
  readonly detail: string;
}

/** Spans that do not overlap, in order: those at one height of a lane. */
export interface SpanRow {
  readonly spans: readonly Span[];
}

/** Spans by where they begin, and in as few rows as keep them apart. */
export interface SpanLane {
  readonly spans: readonly Span[];
  readonly rows: readonly SpanRow[];
}

/** What is drawn of a row: a bar from one pixel to another, for one span or several that fall together. */
export interface Bar {
  readonly left: number;
  readonly right: number;
  readonly score: number;
}

/**
 * Puts spans into rows, each into the first one that is free where it begins.
 *
 * There are at most `mostRows`: what finds none free goes into the last one, joined with what is there, so
 * that a lane of thousands of tracks stays as low as one of a few.
 */
export function laneOf(spans: readonly Span[], mostRows: number): SpanLane {
  const sorted = [...spans].filter(({ start, stop }) => stop > start)
    .sort((a, b) => a.start - b.start || a.stop - b.stop);
  const rows: Span[][] = [];
  for (const span of sorted) {
    const free = rows.find((row) => row[row.length - 1]!.stop <= span.start);
    if (free !== undefined) free.push(span);
    else if (rows.length < mostRows) rows.push([span]);
    else join(rows[rows.length - 1]!, span);
  }
  return { spans: sorted, rows: rows.map((row) => ({ spans: row })) };
}

function join(row: Span[], span: Span): void {
  const last = row[row.length - 1]!;
  row[row.length - 1] = {
    start: last.start, stop: Math.max(last.stop, span.stop),
    score: Math.max(last.score ?? 1, span.score ?? 1), name: last.name, detail: last.detail,
  };
}

/**
 * The bars of a row between two places, in pixels of a width. Costs as many steps as there are spans in view,
 * and yields no more bars than there are pixels: spans less than a pixel apart are one bar.
 */
export function barsOf(row: SpanRow, from: number, to: number, width: number): readonly Bar[] {
  const { spans } = row;
  const scale = width / (to - from);
  const bars: { left: number; right: number; score: number }[] = [];
  for (let index = firstEndingAfter(spans, from); index < spans.length; index += 1) {
    const { start, stop, score } = spans[index]!;
    if (start >= to) break;
    const left = Math.max(0, (start - from) * scale);
    const right = Math.min(width, Math.max((stop - from) * scale, left + 1));
    const last = bars[bars.length - 1];
    if (last !== undefined && left < last.right + 1 && (right - left < 3 || last.right - last.left < 3)) {
      last.right = Math.max(last.right, right);
      last.score = Math.max(last.score, score ?? 1);
    } else {
      bars.push({ left, right, score: score ?? 1 });
    }
  }
  return bars;
}

/** The spans to which a frame belongs; at most `limit`. */
export function spansAt(lane: SpanLane, frame: number, limit: number): readonly Span[] {
  const found: Span[] = [];
  // Starts are in order, stops are not: what begins later cannot hold the frame.
  for (let index = firstStartingAfter(lane.spans, frame) - 1; index >= 0 && found.length < limit; index -= 1) {
    const span = lane.spans[index]!;
    if (span.stop > frame) found.push(span);
  }
  return found.reverse();
}

/** Where the next span behind a frame begins. */
export function nextStart(lane: SpanLane, frame: number): number | undefined {
  return lane.spans[firstStartingAfter(lane.spans, frame)]?.start;
}

/** Where the last span before a frame begins. */
export function previousStart(lane: SpanLane, frame: number): number | undefined {
  return lane.spans[firstStartingAfter(lane.spans, frame - 1) - 1]?.start;
}

/** The index of the first span that begins behind a frame. */
function firstStartingAfter(spans: readonly Span[], frame: number): number {
  return halved(spans.length, (index) => spans[index]!.start > frame);
}

/** The index of the first span of a row that ends behind a place. */
function firstEndingAfter(spans: readonly Span[], place: number): number {
  return halved(spans.length, (index) => spans[index]!.stop > place);
}

/** The first index from which on `holds` is true; `count` if it never is. */
function halved(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
