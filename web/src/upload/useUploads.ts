import { useRef, useState, useSyncExternalStore } from "react";
import { UploadQueue, type Upload } from "./UploadQueue";

export interface Uploads {
  readonly queue: UploadQueue;
  readonly uploads: readonly Upload[];
}

/** One queue for the life of the page. `onAdded` is called when something has come into the store. */
export function useUploads(onAdded: () => void): Uploads {
  const latest = useRef(onAdded);
  latest.current = onAdded;
  const [queue] = useState(() => new UploadQueue(() => latest.current()));
  const uploads = useSyncExternalStore(queue.subscribe, () => queue.uploads);
  return { queue, uploads };
}
