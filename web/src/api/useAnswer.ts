import { useCallback, useEffect, useState } from "react";
import { ApiError } from "./ApiError";
import { isAbort } from "./client";

export interface Pending<Answer> {
  /** The last answer; it stays while a newer one is awaited. */
  readonly answer: Answer | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly retry: () => void;
}

/**
 * Asks whenever `key` changes, and aborts the question before. Nothing is asked while `key` is undefined.
 *
 * `ask` may change freely: only `key` says that the question is another one.
 */
export function useAnswer<Answer>(
  key: string | undefined, ask: (signal: AbortSignal) => Promise<Answer>,
): Pending<Answer> {
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<ApiError>();
  const [isLoading, setIsLoading] = useState(key !== undefined);
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    setIsLoading(true);
    ask(controller.signal).then(
      (value) => {
        if (controller.signal.aborted) return;
        setAnswer(value);
        setError(undefined);
        setIsLoading(false);
      },
      (reason: unknown) => {
        if (controller.signal.aborted || isAbort(reason)) return;
        setError(ApiError.from(reason));
        setIsLoading(false);
      });
    return () => controller.abort();
    // `ask` is named by `key`.
  }, [key, attempt]);

  return { answer, error, isLoading, retry };
}
