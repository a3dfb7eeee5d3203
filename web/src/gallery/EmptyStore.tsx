import { useEffect } from "react";
import { CopyButton } from "../parts/CopyButton";
import { Logo } from "../parts/Logo";
import { FilePicker } from "../upload/FilePicker";

const commands = [
  ["A folder, with all folders in it", "fovea add ~/Pictures"],
  ["Labels from the folders' names", "fovea add photos --label-from folder"],
  ["Files with properties, from a list", "fovea add images.csv"],
] as const;

interface Properties {
  readonly onFiles: (files: readonly File[]) => void;
  /** Looks again whether there are images. */
  readonly onRefresh: () => void;
}

/** What a store without images says: how to get some in. Whoever comes back from a terminal sees them. */
export function EmptyStore({ onFiles, onRefresh }: Properties): JSX.Element {
  useEffect(() => {
    window.addEventListener("focus", onRefresh);
    return () => window.removeEventListener("focus", onRefresh);
  }, [onRefresh]);
  return (
    <div className="notice is-welcome">
      <span className="notice-mark"><Logo /></span>
      <h2>No images yet</h2>
      <p>Drop pictures anywhere on this page, or add them from a terminal.</p>
      <dl className="commands">
        {commands.map(([purpose, command]) => (
          <div key={command} className="command">
            <dt>{purpose}</dt>
            <dd><code>{command}</code><CopyButton text={command} label="Copy" /></dd>
          </div>))}
      </dl>
      <div className="notice-actions"><FilePicker onFiles={onFiles} kind="primary" /></div>
    </div>
  );
}
