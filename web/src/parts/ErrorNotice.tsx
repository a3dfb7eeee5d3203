import type { ReactNode } from "react";
import type { ApiError } from "../api/ApiError";
import { Icon } from "./Icon";

interface Properties {
  readonly title: string;
  readonly error: ApiError;
  /** Buttons: what one can do about it. */
  readonly children?: ReactNode;
}

/** What went wrong, in the server's words, and where. */
export function ErrorNotice({ title, error, children }: Properties): JSX.Element {
  return (
    <div className="notice is-error" role="alert">
      <span className="notice-mark"><Icon name="warning" /></span>
      <h2>{title}</h2>
      <p>{error.message}</p>
      {error.path !== "" && <p className="notice-path">at <code>{error.path}</code></p>}
      {children !== undefined && <div className="notice-actions">{children}</div>}
    </div>
  );
}
