import { useRef, useState, type HTMLAttributes, type PointerEvent, type ReactNode } from "react";
import { find } from "../api/client";
import { IconButton } from "../parts/IconButton";
import { formatCount } from "../state/format";
import type { Lane } from "./lanes";
import { LaneCanvas } from "./LaneCanvas";
import { nextStart, previousStart, spansAt } from "./spans";
import type { TimeWindow } from "./TimeWindow";

interface Properties {
  readonly lane: Lane;
  readonly view: TimeWindow;
  readonly width: number;
  readonly number: number;
  readonly onSeek: (number: number) => void;
  /** What goes to the frame that is pressed. */
  readonly dragging: HTMLAttributes<HTMLElement>;
  readonly children?: ReactNode;
}

/** One lane: its name, the ways to what begins before and behind the shown frame, and its bars. */
export function LaneRow({ lane, view, width, number, onSeek, dragging, children }: Properties): JSX.Element {
  const canvas = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState("");
  const count = lane.kind === "frames" ? lane.count : lane.lane.spans.length;
  const go = (direction: -1 | 1): void => {
    beside(lane, number, direction).then(
      (found) => { if (found !== undefined) onSeek(found); },
      // Nothing is lost: the frame that is shown stays, and the same can be tried again.
      () => undefined);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    dragging.onPointerMove?.(event);
    if (lane.kind === "frames") return;
    const box = event.currentTarget.getBoundingClientRect();
    const frame = Math.floor(view.from + ((event.clientX - box.left) / box.width) * (view.to - view.from));
    const found = spansAt(lane.lane, frame, 4);
    setPointed(found.map(({ name, detail, start, stop }) => (
      [name, detail, `${start}–${stop - 1}`].filter((part) => part !== "").join(" · "))).join("\n"));
  };
  const shown = lane.name === "" ? "unnamed" : lane.name;
  return (
    <div className="lane" role="group" aria-label={`${shown}: ${kindText(lane, count)}`}>
      <div className="lane-head">
        <span className={`lane-mark is-hue-${lane.hue}`} aria-hidden="true" />
        <span className="lane-name" title={`${shown}: ${kindText(lane, count)}`}>{shown}</span>
        {(lane.kind === "track" || lane.kind === "frames") && (
          <span className="lane-note" aria-hidden="true">{lane.kind === "track" ? "tracks" : "frames"}</span>)}
        {children}
        {count > 0 && (
          <>
            <IconButton icon="back" label={`Previous ${shown} ([)`} isSmall onClick={() => go(-1)} />
            <IconButton icon="next" label={`Next ${shown} (])`} isSmall onClick={() => go(1)} />
          </>)}
      </div>
      <div className="lane-bars" ref={canvas} title={pointed} {...dragging} onPointerMove={onPointerMove}>
        {width > 0 && <LaneCanvas lane={lane} view={view} width={width} />}
      </div>
    </div>
  );
}

function kindText(lane: Lane, count: number): string {
  const words = { motion: "interval", interval: "interval", track: "track", clip: "clip", frames: "frame" } as const;
  const word = words[lane.kind];
  return `${formatCount(count)} ${count === 1 ? word : `${word}s`}`;
}

/** The frame at which what is before, or behind, a frame begins. */
async function beside(lane: Lane, number: number, direction: -1 | 1): Promise<number | undefined> {
  if (lane.kind !== "frames") {
    return direction < 0 ? previousStart(lane.lane, number) : nextStart(lane.lane, number);
  }
  const answer = await find("Frame", {
    filter: { ...lane.filter, frame_number: direction < 0 ? { $lt: number } : { $gt: number } },
    sort: `frame_number:${direction < 0 ? "desc" : "asc"}`, skip: 0, limit: 1, count: false,
    projection: { frame_number: 1 },
  }, new AbortController().signal);
  const found = answer.entities[0]?.["frame_number"];
  return typeof found === "number" ? found : undefined;
}
