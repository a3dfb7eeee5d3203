import { useEffect, useState } from "react";
import { ApiError } from "../api/ApiError";
import { isAbort } from "../api/client";

/** What came of loading a picture. */
export type Outcome =
  | { readonly state: "loading" }
  | { readonly state: "shown"; readonly width: number; readonly height: number } & Cost
  | { readonly state: "failed"; readonly error: ApiError };

/** What the browser measured of a transfer. */
interface Cost {
  readonly bytes?: number;
  readonly milliseconds?: number;
}

export interface Picture {
  readonly outcome: Outcome;
  readonly onLoad: (element: HTMLImageElement) => void;
  readonly onError: () => void;
}

/** Follows an `<img>` with the address `source`. A failure is asked for once more, to learn the reason. */
export function usePicture(source: string): Picture {
  const [outcome, setOutcome] = useState<Outcome>({ state: "loading" });
  const [failed, setFailed] = useState<string>();

  useEffect(() => setOutcome({ state: "loading" }), [source]);
  useEffect(() => {
    if (failed !== source) return undefined;
    const controller = new AbortController();
    reason(source, controller.signal).then(
      (error) => setOutcome({ state: "failed", error }),
      (error: unknown) => {
        if (!isAbort(error)) setOutcome({ state: "failed", error: ApiError.unreachable() });
      });
    return () => controller.abort();
  }, [failed, source]);

  const onLoad = (element: HTMLImageElement): void => {
    const size = { width: element.naturalWidth, height: element.naturalHeight };
    setOutcome({ state: "shown", ...size, ...cost(element.currentSrc) });
  };
  return { outcome, onLoad, onError: () => setFailed(source) };
}

/** What the picture at `address` cost; no time where the browser's own cache answered. */
function cost(address: string): Cost {
  const entries = performance.getEntriesByName(address, "resource");
  const entry = entries[entries.length - 1];
  if (!(entry instanceof PerformanceResourceTiming) || entry.encodedBodySize === 0) return {};
  const isFromCache = entry.transferSize === 0;
  return isFromCache
    ? { bytes: entry.encodedBodySize }
    : { bytes: entry.encodedBodySize, milliseconds: entry.responseEnd - entry.requestStart };
}

async function reason(source: string, signal: AbortSignal): Promise<ApiError> {
  const response = await fetch(source, { signal });
  if (!response.ok) return ApiError.of(response.status, await response.text());
  const type = response.headers.get("content-type") ?? "";
  await response.body?.cancel();
  const message = type.startsWith("image/")
    ? "The browser cannot show these bytes."
    : `This is no picture but ${type === "" ? "something else" : type}.`;
  return new ApiError(response.status, "", message);
}
