import { useMemo, useSyncExternalStore } from "react";
import { isGalleryPath, parseRoute, type Route } from "./route";

const listeners = new Set<() => void>();

/** Kept with each entry of the browser's history. */
interface Entry {
  /** The entry before is the gallery's, so "back to the gallery" may go back instead of forward. */
  readonly cameFromGallery: boolean;
}

/** Goes to an address of this page. `replace` overwrites the current entry of the history. */
export function navigate(path: string, options: { replace?: boolean } = {}): void {
  const entry: Entry = options.replace === true
    ? currentEntry()
    : { cameFromGallery: isGalleryPath(window.location.pathname) };
  if (options.replace === true) window.history.replaceState(entry, "", path);
  else window.history.pushState(entry, "", path);
  for (const listener of listeners) listener();
}

/** Back to the gallery as it was left; to `path` where the history does not lead there. */
export function leaveTo(path: string): void {
  if (currentEntry().cameFromGallery) window.history.back();
  else navigate(path);
}

export function useRoute(): Route {
  const address = useSyncExternalStore(subscribe, () => window.location.pathname + window.location.search);
  return useMemo(() => {
    const mark = address.indexOf("?");
    return mark < 0 ? parseRoute(address, "") : parseRoute(address.slice(0, mark), address.slice(mark));
  }, [address]);
}

function currentEntry(): Entry {
  const state = window.history.state as Partial<Entry> | null;
  return { cameFromGallery: state?.cameFromGallery === true };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}
