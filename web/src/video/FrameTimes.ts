import type { Frame } from "../api/types";

/** Frames that are asked for at a time. */
const pageSize = 1024;
const mostPages = 64;

/**
 * What is known of each frame without decoding it, loaded a page at a time around those that are asked about.
 *
 * Until a page has come, times are told by the mean rate.
 */
export class FrameTimes {
  /** Grows with each page, for `useSyncExternalStore`. */
  version = 0;

  private readonly pages = new Map<number, readonly Frame[]>();
  private readonly asked = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private readonly controller = new AbortController();

  constructor(
    readonly count: number, readonly rate: number,
    private readonly load: (from: number, to: number, signal: AbortSignal) => Promise<readonly Frame[]>,
  ) {}

  frame(number: number): Frame | undefined {
    return this.pages.get(Math.floor(number / pageSize))?.[number % pageSize];
  }

  /** In seconds from the video's first frame. */
  timeOf(number: number): number {
    return this.frame(number)?.time ?? number / this.rate;
  }

  /** Loads what is known of a frame, and of those around it. */
  want(number: number): void {
    for (const page of [number, number + pageSize / 4].map((one) => Math.floor(one / pageSize))) {
      if (page * pageSize < this.count && !this.asked.has(page)) void this.loadPage(page);
    }
  }

  close(): void {
    this.controller.abort();
    this.listeners.clear();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private async loadPage(page: number): Promise<void> {
    this.asked.add(page);
    const from = page * pageSize;
    try {
      const frames = await this.load(from, Math.min(this.count, from + pageSize), this.controller.signal);
      this.pages.set(page, frames);
      if (this.pages.size > mostPages) {
        const oldest = this.pages.keys().next().value as number;
        this.pages.delete(oldest);
        this.asked.delete(oldest);
      }
      this.version += 1;
      for (const listener of this.listeners) listener();
    } catch {
      // Asked again when another frame is shown; until then times are told by the mean rate, and what stands
      // beside the picture says why a frame cannot be shown.
      this.asked.delete(page);
    }
  }
}
