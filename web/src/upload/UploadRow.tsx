import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { formatBytes } from "../state/format";
import { everything } from "../state/query";
import { entityPath } from "../state/route";
import type { Upload } from "./UploadQueue";

const marks = {
  waiting: "image", sending: "image", added: "check", duplicate: "copy", skipped: "image", failed: "warning",
} as const;

export function UploadRow({ upload }: { readonly upload: Upload }): JSX.Element {
  const { name, size, of, state, progress, entity, message } = upload;
  return (
    <li className={`upload is-${state}`}>
      <span className="upload-mark"><Icon name={marks[state] === "image" && of === "Video" ? "video" : marks[state]} /></span>
      <span className="upload-text">
        {entity === undefined
          ? <span className="upload-name" title={name}>{name}</span>
          : <Link className="upload-name" to={entityPath(entity, { ...everything, of })} title={name}>{name}</Link>}
        <span className="upload-detail" title={message}>{message ?? formatBytes(size)}</span>
      </span>
      <span className="upload-verdict">{stateText(state, progress)}</span>
    </li>
  );
}

function stateText(state: Upload["state"], progress: number): string {
  if (state === "duplicate") return "already there";
  if (state !== "sending") return state;
  return progress < 1 ? `${Math.floor(progress * 100)} %` : "reading";
}
