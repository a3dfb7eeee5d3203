import { ApiError } from "../api/ApiError";
import { uploadURL } from "../api/client";
import type { MediaClass, UploadAnswer, Verdict } from "../api/types";
import { mediaOf } from "./mediaOf";

/** Sent side by side: one travels while another is decoded. */
const lanes = 2;

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly of: MediaClass;
  readonly state: "waiting" | "sending" | Verdict["verdict"];
  /** The part that has been sent, in `0...1`. */
  readonly progress: number;
  /** The entity that it became, or that it is a copy of. */
  readonly entity?: string | undefined;
  /** Why it failed, or what is noteworthy of it. */
  readonly message?: string | undefined;
}

/** Files on their way into the store, in the order in which they were given, and what became of each. */
export class UploadQueue {
  /** A new array with each change, for `useSyncExternalStore`. */
  uploads: readonly Upload[] = [];

  private readonly files = new Map<number, File>();
  private readonly listeners = new Set<() => void>();
  private nextId = 0;
  /** Something has come into the store since `onDone` was called. */
  private hasAdded = false;

  /** `onDone` is called whenever no file is left to send and at least one was added. */
  constructor(private readonly onDone: () => void) {}

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const id = this.nextId;
      this.nextId += 1;
      this.files.set(id, file);
      return { id, name: file.name, size: file.size, of: mediaOf(file), state: "waiting", progress: 0 };
    });
    this.set([...this.uploads, ...added]);
    this.proceed();
  }

  /** Forgets what is finished. */
  clear(): void {
    this.set(this.uploads.filter((upload) => !isFinished(upload)));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private proceed(): void {
    const sending = this.uploads.filter((upload) => upload.state === "sending").length;
    const waiting = this.uploads.filter((upload) => upload.state === "waiting");
    for (const upload of waiting.slice(0, Math.max(0, lanes - sending))) this.send(upload.id);
    if (sending === 0 && waiting.length === 0 && this.hasAdded) {
      this.hasAdded = false;
      this.onDone();
    }
  }

  /** `fetch` cannot tell how far an upload has come; this is why there is an `XMLHttpRequest` here. */
  private send(id: number): void {
    const file = this.files.get(id);
    if (file === undefined) return;
    this.change(id, { state: "sending" });
    const form = new FormData();
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) this.change(id, { progress: event.loaded / event.total });
    };
    request.onload = () => this.finish(id, verdictOf(request));
    request.onerror = () => this.finish(id, { verdict: "failed", reason: ApiError.unreachable().message });
    request.open("POST", uploadURL(mediaOf(file)));
    request.send(form);
  }

  private finish(id: number, { verdict, _uniqueid, reason, note }: Verdict): void {
    this.files.delete(id);
    if (verdict === "added") this.hasAdded = true;
    this.change(id, { state: verdict, progress: 1, entity: _uniqueid, message: reason ?? note });
    this.proceed();
  }

  private change(id: number, changes: Partial<Upload>): void {
    this.set(this.uploads.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)));
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

export function isFinished(upload: Upload): boolean {
  return upload.state !== "waiting" && upload.state !== "sending";
}

function verdictOf(request: XMLHttpRequest): Verdict {
  if (request.status >= 400) {
    return { verdict: "failed", reason: ApiError.of(request.status, request.responseText).message };
  }
  try {
    const [verdict] = (JSON.parse(request.responseText) as UploadAnswer).verdicts;
    if (verdict !== undefined) return verdict;
  } catch {
    // Said below: an answer that is no JSON says no more than one without a verdict.
  }
  return { verdict: "failed", reason: "The server did not say what became of the file." };
}
