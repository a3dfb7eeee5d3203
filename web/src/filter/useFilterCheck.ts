import { count } from "../api/client";
import type { MediaClass } from "../api/types";
import { useAnswer } from "../api/useAnswer";
import { readFilter } from "../state/filter";
import { useDebounced } from "../state/useDebounced";

export type FilterCheck =
  | { readonly state: "empty" | "checking" }
  | { readonly state: "valid"; readonly count: number }
  | { readonly state: "invalid"; readonly message: string; readonly path: string }
  | { readonly state: "unknown"; readonly message: string };

/** While someone types, the server is asked no more often than this many milliseconds apart. */
const pause = 180;

interface Checked {
  readonly text: string;
  readonly count: number;
}

/** Whether a typed filter can be asked, and how many entities it finds by itself. Its form is told at once. */
export function useFilterCheck(of: MediaClass, text: string): FilterCheck {
  const settled = useDebounced(text.trim(), pause);
  const read = readFilter(settled);
  const key = settled === "" || !read.isValid ? undefined : `${of} ${settled}`;
  const { answer, error, isLoading } = useAnswer<Checked>(key, async (signal) => (
    { text: settled, count: await count(of, read.isValid ? read.value : {}, signal) }));

  if (text.trim() === "") return { state: "empty" };
  const now = readFilter(text);
  if (!now.isValid) return { state: "invalid", message: now.message, path: "" };
  if (text.trim() !== settled || isLoading) return { state: "checking" };
  if (error !== undefined) {
    return error.status === 400
      ? { state: "invalid", message: error.message, path: error.path }
      : { state: "unknown", message: error.message };
  }
  return answer?.text === settled ? { state: "valid", count: answer.count } : { state: "checking" };
}
