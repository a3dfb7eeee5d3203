import { useMemo } from "react";
import { facets, find, labels } from "../api/client";
import type { Entity, Facet } from "../api/types";
import { isObject } from "../api/types";
import { useAnswer } from "../api/useAnswer";
import { useDebounced } from "../state/useDebounced";
import { laneOfClips, lanesOfFrames, lanesOfLabels, type Lane } from "./lanes";
import { boxAt, shapeOf, unseen, type Shape, type Track } from "./shapes";

/** Clips that are drawn. */
const mostClips = 10_000;
/** Label classes of frames that are asked for; fewer are shown. */
const mostClasses = 50;
/** Labels of one frame that are drawn. */
const mostShapes = 500;

export interface VideoLabels {
  readonly lanes: readonly Lane[];
  readonly tracks: readonly Track[];
}

/** All that is said of a video as lanes; asked again when `revision` changes. */
export function useVideoLabels(entity: Entity, isWhole: boolean, revision: number): VideoLabels {
  const id = entity._uniqueid;
  const key = isWhole ? `${id} ${revision}` : undefined;
  const clips = useAnswer(key, async (signal) => (await find("Clip", {
    filter: { video: id }, sort: "start_frame:asc", skip: 0, limit: mostClips, count: false,
    projection: { _uniqueid: 1, start_frame: 1, stop_frame: 1, label: 1 },
  }, signal)).entities);
  const frameClasses = useAnswer(key, (signal) => facets("Frame", { video: id }, ["labels.class"], mostClasses, signal));
  const own = entity["labels"];
  return useMemo(() => {
    const said = lanesOfLabels(isWhole && Array.isArray(own) ? own.filter(isObject) : []);
    const clipLane = laneOfClips(clips.answer ?? []);
    const frameLanes = lanesOfFrames(id, countsOf(frameClasses.answer ?? []));
    return {
      lanes: [...said.lanes, ...frameLanes, ...(clipLane === undefined ? [] : [clipLane])],
      tracks: said.tracks,
    };
  }, [id, own, isWhole, clips.answer, frameClasses.answer]);
}

/** What is drawn over a frame: its labels once somebody stays there, and the boxes of tracks at once. */
export function useShapes(
  id: string, number: number, isPlaying: boolean, hasFrameLabels: boolean, tracks: readonly Track[],
): readonly Shape[] {
  const settled = useDebounced(number, 120);
  const key = !hasFrameLabels || isPlaying || settled !== number ? undefined : `shapes ${id} ${number}`;
  const { answer } = useAnswer(key, async (signal) => ({
    number, labels: await labels("Frame", { video: id, frame_number: number }, mostShapes, signal),
  }));
  return useMemo(() => {
    const drawn = answer?.number === number ? answer.labels : [];
    const shapes = drawn.flatMap((label) => shapeOf(label) ?? []);
    const moving = tracks.flatMap((track): Shape[] => {
      const box = boxAt(track, number);
      return box === undefined ? [] : [{ ...track, kind: "box", box }];
    });
    return [...shapes, ...unseen(moving, shapes)];
  }, [answer, number, tracks]);
}

/** How many frames have a label of each class. */
function countsOf(counted: readonly Facet[]): ReadonlyMap<string, number> {
  const values = counted.flatMap((facet) => facet.values);
  return new Map(values.flatMap(({ value, count }) => (typeof value === "string" ? [[value, count] as const] : [])));
}
