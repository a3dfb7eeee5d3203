import { useEffect, useRef, useState } from "react";
import { frames } from "../api/client";
import type { Entity } from "../api/types";
import { Details } from "../image/Details";
import { useShortcut } from "../parts/useShortcut";
import type { Query } from "../state/query";
import { navigate } from "../state/navigation";
import { videoPath } from "../state/route";
import { useDebounced } from "../state/useDebounced";
import { FrameFacts } from "./FrameFacts";
import { FrameStage } from "./FrameStage";
import { keyframeBeside } from "./keyframes";
import { nextStart, previousStart } from "./spans";
import { Timeline } from "./Timeline";
import { Transport } from "./Transport";
import { useFramePlayer } from "./useFramePlayer";
import { useShapes, useVideoLabels } from "./useVideoLabels";

const keys = [
  " ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "[", "]",
];

interface Properties {
  readonly entity: Entity;
  readonly title: string;
  /** How many frames there are: at least one. */
  readonly count: number;
  readonly frame: number;
  readonly at: number | undefined;
  readonly query: Query;
  readonly dates: ReadonlySet<string>;
  readonly revision: number;
  /** Something is said of the video that was not before. */
  readonly onChanged: () => void;
}

/** A video that has frames: one of them, what plays them, the timeline, and what is known. */
export function PlayedFrames(properties: Properties): JSX.Element {
  const { entity, title, count, frame, at, query, dates, revision, onChanged } = properties;
  const id = entity._uniqueid;
  const rate = numberOf(entity, "fps") ?? 25;
  const { player, times } = useFramePlayer(id, count, rate, frame);
  const { wanted: number, isPlaying } = player;
  const { lanes, tracks } = useVideoLabels(entity, true, revision);
  const hasFrameLabels = lanes.some((lane) => lane.kind === "frames");
  const shapes = useShapes(id, number, isPlaying, hasFrameLabels, tracks);
  const [speed, setSpeed] = useState(1);

  // The address follows the frame at leisure, and the frame an address that somebody else has changed.
  const written = useRef(frame);
  const settled = useDebounced(isPlaying ? undefined : number, 300);
  useEffect(() => {
    if (settled === undefined || settled === written.current) return;
    written.current = settled;
    navigate(videoPath(id, query, at, settled), { replace: true });
  }, [settled]);
  useEffect(() => {
    if (frame === written.current) return;
    written.current = frame;
    player.seek(frame);
  }, [frame]);

  const toKeyframe = (direction: -1 | 1): void => {
    player.pause();
    const controller = new AbortController();
    keyframeBeside(number, direction, count, (from, to) =>
      frames(id, from, to, { keyframes: true }, controller.signal)).then(
      (found) => player.seek(found ?? (direction < 0 ? 0 : count - 1)),
      // What is wrong with the video is told where its frame is shown.
      () => player.step(direction));
  };
  const toSpan = (direction: -1 | 1): void => {
    const places = lanes.flatMap((lane) => (lane.kind === "frames" ? []
      : (direction < 0 ? previousStart(lane.lane, number) : nextStart(lane.lane, number)) ?? []));
    if (places.length === 0) return;
    player.pause();
    player.seek(direction < 0 ? Math.max(...places) : Math.min(...places));
  };
  const second = Math.max(1, Math.round(rate));
  useShortcut(keys, true, (key) => {
    switch (key) {
      case " ": return isPlaying ? player.pause() : player.play(speed);
      case "ArrowLeft": return player.step(-1);
      case "ArrowRight": return player.step(1);
      case "ArrowUp": return toKeyframe(1);
      case "ArrowDown": return toKeyframe(-1);
      case "PageUp": return player.step(-second);
      case "PageDown": return player.step(second);
      case "Home": return player.step(-count);
      case "End": return player.step(count);
      default: return toSpan(key === "[" ? -1 : 1);
    }
  });

  const size = { width: numberOf(entity, "width") ?? 16, height: numberOf(entity, "height") ?? 9 };
  const error = entity["error"];
  return (
    <>
      <main className="image-main">
        <FrameStage title={title} size={size} pixelAspect={ratioOf(entity["pixel_aspect"])} wanted={number}
                    shown={player.shown} isExact={player.isExact} error={player.error} shapes={shapes}
                    warning={typeof error === "string" ? error : undefined} onRetry={() => player.retry()} />
        <Transport number={number} count={count} time={times.timeOf(number)}
                   duration={numberOf(entity, "duration") ?? count / rate} isPlaying={isPlaying} rate={speed}
                   onPlay={() => (isPlaying ? player.pause() : player.play(speed))}
                   onRate={(next) => {
                     setSpeed(next);
                     player.setRate(next);
                   }}
                   onStep={(step) => player.step(step)} onKeyframe={toKeyframe}
                   onSeek={(target) => player.seek(target)} />
        <Timeline id={id} count={count} rate={entity["variable_rate"] === true ? undefined : rate} number={number}
                  lanes={lanes} onSeek={(target) => player.seek(target)} onChanged={onChanged} />
      </main>
      <Details of="Video" entity={entity} dates={dates} isWhole>
        <FrameFacts id={id} number={number} frame={times.frame(number)} isPlaying={isPlaying} lanes={lanes}
                    shapes={shapes} />
      </Details>
    </>
  );
}

function numberOf(entity: Entity, name: string): number | undefined {
  const value = entity[name];
  return typeof value === "number" && value > 0 ? value : undefined;
}

/** `"4/3"` as a number; 1 for pixels that are square. */
function ratioOf(value: unknown): number {
  const [numerator = 1, denominator = 1] = typeof value === "string" ? value.split(/[/:]/).map(Number) : [];
  const ratio = numerator / denominator;
  return ratio > 0 && Number.isFinite(ratio) ? ratio : 1;
}
