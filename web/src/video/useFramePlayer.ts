import { useEffect, useMemo, useSyncExternalStore } from "react";
import { draftURL, frameBitmap, frames, frameURL } from "../api/client";
import { FramePlayer } from "./FramePlayer";
import { FrameTimes } from "./FrameTimes";

/** Longer sides of drafts, in pixels: what is shown on the way to a frame's own pixels. */
const draftSide = 1280;

export interface PlayedVideo {
  readonly player: FramePlayer<ImageBitmap>;
  readonly times: FrameTimes;
}

/** A player of a video, and the times of its frames; they render anew what uses them whenever they change. */
export function useFramePlayer(id: string, count: number, rate: number, first: number): PlayedVideo {
  const played = useMemo(() => {
    const times = new FrameTimes(count, rate, (from, to, signal) => frames(id, from, to, {}, signal));
    const player = new FramePlayer<ImageBitmap>(count, first, {
      load: (number, quality, signal) =>
        frameBitmap(quality === "exact" ? frameURL(id, number) : draftURL(id, number, draftSide), signal),
      now: () => performance.now(),
      soon: (callback) => { window.requestAnimationFrame(callback); },
      timeOf: (number) => times.timeOf(number),
    });
    return { player, times };
    // `first` only says where to begin.
  }, [id, count, rate]);
  const { player, times } = played;
  useEffect(() => {
    player.start();
    return () => {
      player.close();
      times.close();
    };
  }, [player, times]);
  useSyncExternalStore(player.subscribe, () => player.version);
  useSyncExternalStore(times.subscribe, () => times.version);
  useEffect(() => times.want(player.wanted), [times, player, player.wanted]);
  return played;
}
