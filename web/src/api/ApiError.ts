/** A request that did not succeed: the server's own words where it had any. */
export class ApiError extends Error {
  /**
   * @param status the HTTP status, 0 where there was no answer
   * @param path   where in the request the fault lies, e.g. `$and[1].width.$gt`; empty if nothing named it
   */
  constructor(readonly status: number, readonly code: string, message: string, readonly path = "") {
    super(message);
  }

  static unreachable(): ApiError {
    return new ApiError(0, "unreachable", "The server does not answer. Is it still running?");
  }

  /** Reads `{"error": {"code", "message", "path"}}`; a body of another form is named by its status alone. */
  static of(status: number, body: string): ApiError {
    try {
      const { error } = JSON.parse(body) as { error?: { code?: string; message?: string; path?: string } };
      if (error?.message !== undefined) {
        return new ApiError(status, error.code ?? "", error.message, error.path ?? "");
      }
    } catch {
      // Not JSON: a proxy's page, perhaps. The status below says what there is to say.
    }
    return new ApiError(status, "", `The server answered with status ${status}.`);
  }

  /** Wraps whatever was thrown, so that everything shown to people has one form. */
  static from(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    return new ApiError(0, "", error instanceof Error ? error.message : String(error));
  }
}
