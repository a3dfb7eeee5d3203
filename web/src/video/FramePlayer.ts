import { ApiError } from "../api/ApiError";
import { isAbort } from "../api/client";
import { clamp } from "../gallery/ScrollMap";

/** How a frame is asked for: with its pixels as they are, or compressed and not larger than shown. */
export type Quality = "exact" | "draft";

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly close: () => void;
}

/** Where frames come from; what the player knows of time. */
export interface Surroundings<Shown extends Picture> {
  readonly load: (number: number, quality: Quality, signal: AbortSignal) => Promise<Shown>;
  /** In milliseconds. */
  readonly now: () => number;
  /** Calls back before the next repaint. */
  readonly soon: (callback: () => void) => void;
  /** When a frame begins to be shown, in seconds. */
  readonly timeOf: (number: number) => number;
}

export interface ShownFrame<Shown extends Picture> {
  readonly number: number;
  readonly quality: Quality;
  readonly picture: Shown;
}

/** While it plays, this many frames are loaded ahead of the one that is shown. */
const ahead = 8;
/** Pictures that are kept, in pixels: four bytes each. */
const keptPixels = 32_000_000;

/**
 * Shows frames of a video by their numbers, and plays them.
 *
 * A frame is shown as a draft first, then with its own pixels, once nobody has gone on to another. One request is
 * under way at a time: whoever drags through a video sees as many frames as the server can give, and the
 * server decodes on from frame to frame. Playing keeps to the video's time, and leaves out what comes too late.
 */
export class FramePlayer<Shown extends Picture> {
  /** The frame that is to be shown. */
  wanted: number;
  /** The frame that is shown; the last one that was until the wanted one has come. */
  shown: ShownFrame<Shown> | undefined;
  isPlaying = false;
  /** Grows with each change, for `useSyncExternalStore`. */
  version = 0;

  private rate = 1;
  private anchor = { frame: 0, time: 0, at: 0 };
  private readonly kept = new Map<string, Shown>();
  private readonly failures = new Map<number, ApiError>();
  private readonly listeners = new Set<() => void>();
  private request: { controller: AbortController; number: number; quality: Quality } | undefined;
  private isClosed = false;

  constructor(
    readonly count: number, first: number, private readonly surroundings: Surroundings<Shown>,
  ) {
    this.wanted = clamp(first, 0, Math.max(0, count - 1));
  }

  /** Why the wanted frame cannot be shown. */
  get error(): ApiError | undefined {
    return this.failures.get(this.wanted);
  }

  /** What is shown is the wanted frame, with the pixels that the data have. */
  get isExact(): boolean {
    return this.shown?.number === this.wanted && this.shown.quality === "exact";
  }

  start(): void {
    this.isClosed = false;
    this.proceed();
  }

  seek(number: number): void {
    const target = clamp(Math.round(number), 0, Math.max(0, this.count - 1));
    this.setAnchor(target);
    if (target !== this.wanted) this.want(target);
  }

  step(frames: number): void {
    this.pause();
    this.seek(this.wanted + frames);
  }

  /** Plays from the wanted frame on; from the first one if that is the last. */
  play(rate = this.rate): void {
    this.rate = rate;
    if (this.count === 0) return;
    const isAtEnd = this.wanted >= this.count - 1;
    this.isPlaying = true;
    this.setAnchor(isAtEnd ? 0 : this.wanted);
    if (isAtEnd) this.want(0);
    this.changed();
    this.proceed();
    this.surroundings.soon(() => this.tick());
  }

  pause(): void {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.changed();
    this.proceed();
  }

  /** How many times as fast as the video's own time it plays. */
  setRate(rate: number): void {
    this.rate = rate;
    this.setAnchor(this.wanted);
    this.changed();
  }

  /** Asks once more for what could not be shown. */
  retry(): void {
    this.failures.delete(this.wanted);
    this.changed();
    this.proceed();
  }

  close(): void {
    this.isClosed = true;
    this.isPlaying = false;
    this.request?.controller.abort();
    this.request = undefined;
    for (const picture of this.kept.values()) picture.close();
    this.kept.clear();
    this.shown = undefined;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // MARK: - Playing

  private tick(): void {
    if (!this.isPlaying || this.isClosed) return;
    const due = this.due();
    // The last that has come of those that are due; while none has, time stands still.
    let next = due;
    while (next > this.wanted && !this.isAtHand(next)) next -= 1;
    if (next > this.wanted) this.want(next);
    if (this.wanted >= this.count - 1) {
      this.pause();
      return;
    }
    this.proceed();
    this.surroundings.soon(() => this.tick());
  }

  /** The frame whose time has come. */
  private due(): number {
    const { now, timeOf } = this.surroundings;
    const time = this.anchor.time + ((now() - this.anchor.at) / 1000) * this.rate;
    let frame = Math.max(this.anchor.frame, this.wanted);
    while (frame + 1 < this.count && timeOf(frame + 1) <= time) frame += 1;
    return frame;
  }

  private setAnchor(frame: number): void {
    this.anchor = { frame, time: this.surroundings.timeOf(frame), at: this.surroundings.now() };
  }

  private isAtHand(number: number): boolean {
    return this.failures.has(number) || this.best(number) !== undefined;
  }

  // MARK: - Loading

  private want(number: number): void {
    this.wanted = number;
    const best = this.best(number);
    if (best !== undefined) this.shown = best;
    // A draft is let finish: it shows the way. What is asked for at leisure would only be waited for.
    if (this.request?.quality === "exact" && this.request.number !== number) this.drop();
    this.changed();
    this.proceed();
  }

  private drop(): void {
    this.request?.controller.abort();
    this.request = undefined;
  }

  /** Asks for what is missing, unless something is under way. */
  private proceed(): void {
    if (this.isClosed || this.request !== undefined || this.count === 0) return;
    const job = this.nextJob();
    if (job !== undefined) void this.run(job.number, job.quality);
  }

  private nextJob(): { number: number; quality: Quality } | undefined {
    if (this.isPlaying) {
      // What is due already comes too late.
      const first = Math.max(this.wanted, this.due());
      for (let number = first; number < Math.min(this.count, first + ahead); number += 1) {
        if (!this.isAtHand(number)) return { number, quality: "draft" };
      }
      return undefined;
    }
    if (this.failures.has(this.wanted)) return undefined;
    if (this.best(this.wanted) === undefined) return { number: this.wanted, quality: "draft" };
    if (!this.kept.has(key(this.wanted, "exact"))) return { number: this.wanted, quality: "exact" };
    return undefined;
  }

  private async run(number: number, quality: Quality): Promise<void> {
    const controller = new AbortController();
    const request = { controller, number, quality };
    this.request = request;
    try {
      const picture = await this.surroundings.load(number, quality, controller.signal);
      if (controller.signal.aborted || this.isClosed) {
        picture.close();
        return;
      }
      this.keep(number, quality, picture);
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) return;
      this.failures.set(number, ApiError.from(error));
      if (number === this.wanted) this.changed();
    } finally {
      if (this.request === request) this.request = undefined;
    }
    this.proceed();
  }

  private keep(number: number, quality: Quality, picture: Shown): void {
    if (quality === "exact") this.forget(key(number, "draft"));
    this.kept.set(key(number, quality), picture);
    // While someone drags, what comes late is still nearer than what is shown.
    if (number === this.wanted || !this.isPlaying) {
      this.shown = { number, quality, picture };
      this.changed();
    }
    let pixels = 0;
    for (const one of this.kept.values()) pixels += one.width * one.height;
    for (const [name, one] of this.kept) {
      if (pixels <= keptPixels || this.kept.size <= ahead + 2) return;
      if (one === this.shown?.picture) continue;
      pixels -= one.width * one.height;
      this.forget(name);
    }
  }

  private best(number: number): ShownFrame<Shown> | undefined {
    for (const quality of ["exact", "draft"] as const) {
      const picture = this.kept.get(key(number, quality));
      if (picture !== undefined) return { number, quality, picture };
    }
    return undefined;
  }

  private forget(name: string): void {
    const picture = this.kept.get(name);
    if (picture === undefined) return;
    this.kept.delete(name);
    if (picture !== this.shown?.picture) picture.close();
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

function key(number: number, quality: Quality): string {
  return `${number} ${quality}`;
}
