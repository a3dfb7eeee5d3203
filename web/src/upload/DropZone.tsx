import { useEffect, useRef, useState } from "react";
import { Icon } from "../parts/Icon";

interface Properties {
  readonly onFiles: (files: readonly File[]) => void;
}

/** Takes files dropped anywhere on the page, and says so while some are held over it. */
export function DropZone({ onFiles }: Properties): JSX.Element | null {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;

  useEffect(() => {
    let depth = 0; // Enters and leaves come in pairs, one for each element that is crossed.
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
    const onEnter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setIsOver(true);
    };
    const onOver = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const onLeave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setIsOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setIsOver(false);
      latest.current(Array.from(event.dataTransfer?.files ?? []));
    };
    const handlers = [
      ["dragenter", onEnter], ["dragover", onOver], ["dragleave", onLeave], ["drop", onDrop],
    ] as const;
    for (const [name, handler] of handlers) window.addEventListener(name, handler);
    return () => {
      for (const [name, handler] of handlers) window.removeEventListener(name, handler);
    };
  }, []);

  if (!isOver) return null;
  return (
    <div className="drop-zone">
      <div className="drop-card">
        <Icon name="upload" />
        <b>Drop to add to the store</b>
        <span>Copies of what is there are recognised.</span>
      </div>
    </div>
  );
}
