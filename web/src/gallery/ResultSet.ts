import { ApiError } from "../api/ApiError";
import { find, isAbort } from "../api/client";
import type { Entity, Json, JsonObject, MediaClass } from "../api/types";

const pageSize = 100;
/** Pages kept in memory; with the projection below some 25 kB each. */
const keptPages = 60;
/** A dragged scrollbar passes hundreds of pages a second; they are asked for this many milliseconds apart. */
const pace = 60;

/** What a tile shows. */
const projections: Readonly<Record<MediaClass, JsonObject>> = {
  Image: { _uniqueid: 1, path: 1, label: 1, width: 1, height: 1, error: 1 },
  Video: {
    _uniqueid: 1, path: 1, url: 1, label: 1, width: 1, height: 1, error: 1, codec: 1, duration: 1, frame_count: 1,
  },
};

/**
 * What one query finds, loaded page by page as it is looked at.
 *
 * Pages that were asked for but have left the view are aborted, and those longest out of view are forgotten.
 */
export class ResultSet {
  /** How many there are; undefined until the first page came. */
  count: number | undefined;
  /** Why a page that is in view could not be loaded. */
  error: ApiError | undefined;
  /** Grows with each change, for `useSyncExternalStore`. */
  version = 0;

  private readonly pages = new Map<number, readonly Entity[]>();
  private readonly inFlight = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private wanted = { first: 0, last: 0 };
  private timer: number | undefined;

  /** `key` names the query: two sets of one key show the same, at different times. */
  constructor(
    readonly key: string, private readonly of: MediaClass, private readonly filter: Json,
    private readonly sort: string,
  ) {}

  /** The entity at a place, or undefined while it is not loaded. */
  at(index: number): Entity | undefined {
    return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Says which places are in view: what is missing of them will be loaded, soon. */
  want(first: number, last: number): void {
    this.wanted = { first: Math.floor(first / pageSize), last: Math.floor(last / pageSize) };
    if (this.count === undefined) this.load();
    else if (this.timer === undefined) {
      this.timer = window.setTimeout(() => {
        this.timer = undefined;
        this.load();
      }, pace);
    }
  }

  retry(): void {
    this.error = undefined;
    this.changed();
    this.load();
  }

  close(): void {
    window.clearTimeout(this.timer);
    for (const controller of this.inFlight.values()) controller.abort();
    this.inFlight.clear();
    this.listeners.clear();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private load(): void {
    for (const [page, controller] of this.inFlight) {
      if (page < this.wanted.first || page > this.wanted.last) {
        controller.abort();
        this.inFlight.delete(page);
      }
    }
    if (this.error !== undefined) return;
    for (let page = this.wanted.first; page <= this.wanted.last; page += 1) {
      const kept = this.pages.get(page);
      if (kept !== undefined) {
        this.pages.delete(page); // Moved to the end: a map keeps the order in which keys were set.
        this.pages.set(page, kept);
      } else if (!this.inFlight.has(page)) {
        void this.loadPage(page);
      }
    }
  }

  private async loadPage(page: number): Promise<void> {
    const controller = new AbortController();
    this.inFlight.set(page, controller);
    const isFirst = this.count === undefined;
    try {
      const answer = await find(this.of, {
        filter: this.filter, sort: this.sort, skip: page * pageSize, limit: pageSize,
        projection: projections[this.of], count: isFirst,
      }, controller.signal);
      if (controller.signal.aborted) return;
      this.pages.set(page, answer.entities);
      this.forget();
      if (isFirst) this.count = answer.count ?? answer.entities.length;
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) return;
      this.error = ApiError.from(error);
    }
    this.inFlight.delete(page);
    this.changed();
  }

  private forget(): void {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= keptPages) return;
      this.pages.delete(page);
    }
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
