import { useEffect } from "react";
import type { MediaClass } from "../api/types";
import { CopyButton } from "../parts/CopyButton";
import { Logo } from "../parts/Logo";
import { mediaWord } from "../state/format";
import { FilePicker } from "../upload/FilePicker";

const commands = {
  Image: [
    ["A folder, with all folders in it", "fovea add ~/Pictures"],
    ["Labels from the folders' names", "fovea add photos --label-from folder"],
    ["Files with properties, from a list", "fovea add images.csv"],
  ],
  Video: [
    ["A folder, with all folders in it", "fovea add ~/Videos"],
    ["Files that stay where they are", "fovea add --reference footage"],
    ["Files with properties, from a list", "fovea add videos.csv"],
  ],
} as const;

interface Properties {
  readonly of: MediaClass;
  readonly onFiles: (files: readonly File[]) => void;
  /** Looks again whether there are any. */
  readonly onRefresh: () => void;
}

/** What a store without images, or without videos, says: how to get some in. Whoever comes back from a terminal sees them. */
export function EmptyStore({ of, onFiles, onRefresh }: Properties): JSX.Element {
  useEffect(() => {
    window.addEventListener("focus", onRefresh);
    return () => window.removeEventListener("focus", onRefresh);
  }, [onRefresh]);
  return (
    <div className="notice is-welcome">
      <span className="notice-mark"><Logo /></span>
      <h2>No {mediaWord(of)}s yet</h2>
      <p>Drop {of === "Video" ? "videos" : "pictures"} anywhere on this page, or add them from a terminal.</p>
      <dl className="commands">
        {commands[of].map(([purpose, command]) => (
          <div key={command} className="command">
            <dt>{purpose}</dt>
            <dd><code>{command}</code><CopyButton text={command} label="Copy" /></dd>
          </div>))}
      </dl>
      <div className="notice-actions"><FilePicker onFiles={onFiles} kind="primary" /></div>
    </div>
  );
}
