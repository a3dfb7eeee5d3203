import { useState } from "react";
import { IconButton } from "../parts/IconButton";
import { formatCount } from "../state/format";
import { UploadRow } from "./UploadRow";
import { isFinished, type Upload } from "./UploadQueue";

interface Properties {
  readonly uploads: readonly Upload[];
  readonly onClear: () => void;
}

/** The newest of this many are listed; all are counted. */
const listed = 200;

/** What is being added, and what became of it. */
export function UploadList({ uploads, onClear }: Properties): JSX.Element | null {
  const [isOpen, setIsOpen] = useState(true);
  if (uploads.length === 0) return null;
  const finished = uploads.filter(isFinished).length;
  const isDone = finished === uploads.length;
  return (
    <section className="uploads" aria-label="Files being added">
      <header className="uploads-head">
        <h2 aria-live="polite">{isDone ? summary(uploads) : `Adding ${formatCount(uploads.length)}`}</h2>
        <IconButton icon={isOpen ? "down" : "up"} label={isOpen ? "Fold" : "Unfold"} isSmall
                    aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)} />
        {isDone && <IconButton icon="close" label="Close" isSmall onClick={onClear} />}
      </header>
      {!isDone && (
        <progress className="uploads-progress" max={uploads.length} value={finished}
                  aria-label="Files done" />)}
      {isOpen && (
        <ul className="uploads-list">
          {uploads.slice(-listed).map((upload) => <UploadRow key={upload.id} upload={upload} />)}
        </ul>)}
    </section>
  );
}

function summary(uploads: readonly Upload[]): string {
  const parts = (["added", "duplicate", "skipped", "failed"] as const).map((state) => {
    const count = uploads.filter((upload) => upload.state === state).length;
    if (count === 0) return undefined;
    const word = state === "duplicate" && count > 1 ? "duplicates" : state;
    return `${formatCount(count)} ${word}`;
  });
  return parts.filter((part) => part !== undefined).join(", ");
}
