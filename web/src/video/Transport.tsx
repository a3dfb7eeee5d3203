import { useEffect, useState } from "react";
import { IconButton } from "../parts/IconButton";
import { Select } from "../parts/Select";
import { formatClock, formatCount } from "../state/format";

const rates = [0.25, 0.5, 1, 2, 4, 8, 16];

interface Properties {
  readonly number: number;
  readonly count: number;
  /** In seconds. */
  readonly time: number;
  readonly duration: number;
  readonly isPlaying: boolean;
  readonly rate: number;
  readonly onPlay: () => void;
  readonly onRate: (rate: number) => void;
  readonly onStep: (frames: number) => void;
  readonly onKeyframe: (direction: -1 | 1) => void;
  readonly onSeek: (number: number) => void;
}

/** Plays, and goes from frame to frame; which one is shown can be typed. */
export function Transport(properties: Properties): JSX.Element {
  const { number, count, time, duration, isPlaying, rate } = properties;
  const { onPlay, onRate, onStep, onKeyframe, onSeek } = properties;
  const [typed, setTyped] = useState<string>();
  useEffect(() => setTyped(undefined), [number]);
  const go = (): void => {
    const target = Number(typed);
    if (typed !== undefined && /^\d+$/.test(typed.trim())) onSeek(target);
    setTyped(undefined);
  };
  return (
    <div className="transport" role="group" aria-label="Playing">
      <IconButton icon="keyframePrevious" label="Previous keyframe (↓)" onClick={() => onKeyframe(-1)} />
      <IconButton icon="back" label="Previous frame (←)" disabled={number === 0} onClick={() => onStep(-1)} />
      <IconButton icon={isPlaying ? "pause" : "play"} label={isPlaying ? "Pause (space)" : "Play (space)"}
                  className="transport-play" onClick={onPlay} />
      <IconButton icon="next" label="Next frame (→)" disabled={number >= count - 1} onClick={() => onStep(1)} />
      <IconButton icon="keyframeNext" label="Next keyframe (↑)" onClick={() => onKeyframe(1)} />
      <label className="transport-frame">
        Frame
        <input type="text" inputMode="numeric" value={typed ?? String(number)} aria-label="Number of the frame"
               size={Math.max(4, String(count).length)} onChange={(event) => setTyped(event.target.value)}
               onFocus={(event) => event.target.select()} onBlur={go}
               onKeyDown={(event) => {
                 if (event.key === "Enter") event.currentTarget.blur();
                 if (event.key === "Escape") {
                   setTyped(undefined);
                   event.currentTarget.blur();
                 }
               }} />
        <span>of {formatCount(count)}</span>
      </label>
      <span className="transport-time"><b>{formatClock(time, 3)}</b> / {formatClock(duration)}</span>
      <Select aria-label="Speed" value={rate} onChange={(event) => onRate(Number(event.target.value))}>
        {rates.map((one) => <option key={one} value={one}>{one} ×</option>)}
      </Select>
    </div>
  );
}
