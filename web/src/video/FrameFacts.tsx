import { frames } from "../api/client";
import type { Frame } from "../api/types";
import { useAnswer } from "../api/useAnswer";
import { Section } from "../image/Section";
import { CopyButton } from "../parts/CopyButton";
import { formatClock, formatCount } from "../state/format";
import { useDebounced } from "../state/useDebounced";
import { spansAt } from "./spans";
import type { Lane } from "./lanes";
import { hueOf, isTrack, type Shape } from "./shapes";

/** What holds in one frame is listed up to this many of each lane. */
const mostListed = 20;

interface Properties {
  readonly id: string;
  readonly number: number;
  readonly frame: Frame | undefined;
  readonly isPlaying: boolean;
  readonly lanes: readonly Lane[];
  readonly shapes: readonly Shape[];
}

/** What is known of the shown frame: its number, time and checksum, and what is said of it. */
export function FrameFacts({ id, number, frame, isPlaying, lanes, shapes }: Properties): JSX.Element {
  const settled = useDebounced(number, 200);
  // For a checksum the frame is decoded: it is asked for once somebody stays.
  const key = isPlaying || settled !== number ? undefined : `crc ${id} ${number}`;
  const { answer, error } = useAnswer(key, async (signal) =>
    (await frames(id, number, number + 1, { crc: true }, signal))[0]);
  const crc = answer?.frame_number === number ? answer.crc : undefined;
  const rows = [
    ["Number", formatCount(number)],
    ["Time", frame === undefined ? "…" : `${formatClock(frame.time, 3)} (${frame.time} s)`],
    ["Ticks", frame === undefined ? "…" : String(frame.pts)],
    ["Keyframe", frame === undefined ? "…" : frame.keyframe ? "yes" : "no"],
  ] as const;
  // Tracks stand among the lanes already.
  const own = shapes.filter(({ key: shape }) => !isTrack(shape));
  const said = lanes.flatMap((lane) => (lane.kind === "frames" ? [] : spansAt(lane.lane, number, mostListed)
    .map((span) => ({ lane, span }))));
  return (
    <Section title="This frame">
      <dl className="properties frame-facts">
        {rows.map(([name, value]) => (
          <div key={name} className="property"><dt>{name}</dt><dd><span className="property-value">{value}</span></dd></div>))}
        <div className="property">
          <dt title="CRC-32 of the luma samples">Checksum</dt>
          <dd>
            <span className="property-value is-code frame-crc">{crc ?? (error === undefined ? "…" : "none")}</span>
            {crc !== undefined && <CopyButton text={crc} label="Copy checksum" />}
          </dd>
        </div>
      </dl>
      {(said.length > 0 || own.length > 0) && (
        <ul className="labels" aria-label="What is said of this frame">
          {said.map(({ lane, span }, index) => (
            <li key={`${lane.key} ${index}`} className="label">
              <span className={`lane-mark is-hue-${lane.hue}`} aria-hidden="true" />
              <span>{span.name === "" ? "unnamed" : span.name}</span>
              <span className="label-detail" title={span.detail}>
                {span.start}–{span.stop - 1}{span.detail === "" ? "" : ` · ${span.detail}`}
              </span>
            </li>))}
          {own.map((shape) => (
            <li key={shape.key} className="label">
              <span className={`lane-mark is-hue-${hueOf(shape.name)}`} aria-hidden="true" />
              <span>{shape.name === "" ? "unnamed" : shape.name}</span>
              <span className="label-detail">
                {shape.kind}{shape.confidence === undefined ? "" : ` · ${Math.round(shape.confidence * 100)} %`}
              </span>
            </li>))}
        </ul>)}
    </Section>
  );
}
