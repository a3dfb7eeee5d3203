import type { MouseEvent, RefObject } from "react";
import { blobURL } from "../api/client";
import type { Entity } from "../api/types";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { Segments, type Segment } from "../parts/Segments";
import { ThemeButton } from "../parts/ThemeButton";
import { formatCount } from "../state/format";
import type { Neighbours } from "./useNeighbours";

interface Properties {
  readonly entity: Entity;
  readonly title: string;
  readonly heading: RefObject<HTMLHeadingElement>;
  readonly at: number | undefined;
  readonly count: number | undefined;
  readonly neighbours: Neighbours;
  readonly backTo: string;
  readonly onLeave: () => void;
  readonly onGo: (step: -1 | 1) => void;
  readonly isActualSize: boolean;
  readonly onActualSize: (isActualSize: boolean) => void;
}

const sizes: readonly Segment<"fit" | "actual">[] = [
  { value: "fit", text: "Fit", title: "As large as there is room (z)" },
  { value: "actual", text: "1:1", title: "One pixel a pixel (z)" },
];

/** The bar above an image: back, what it is called, its neighbours, its size on the screen, and its file. */
export function ImageBar(properties: Properties): JSX.Element {
  const { entity, title, heading, at, count, neighbours, backTo, onLeave, onGo } = properties;
  const { isActualSize, onActualSize } = properties;
  const onBack = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onLeave();
  };
  return (
    <header className="image-bar">
      <a href={backTo} className="button is-quiet" onClick={onBack} title="Back to the gallery (Escape)"
         aria-label="Back to the gallery">
        <Icon name="back" /><span>Gallery</span>
      </a>
      <h1 ref={heading} tabIndex={-1} title={String(entity["path"] ?? title)}>{title}</h1>
      {at !== undefined && count !== undefined && neighbours.self !== undefined && (
        <div className="image-steps">
          <IconButton icon="back" label="Previous image" disabled={neighbours.previous === undefined}
                      title="Previous (←)" onClick={() => onGo(-1)} />
          <span className="image-place">{formatCount(at + 1)} of {formatCount(count)}</span>
          <IconButton icon="next" label="Next image" disabled={neighbours.next === undefined}
                      title="Next (→)" onClick={() => onGo(1)} />
        </div>)}
      <Segments label="Size on the screen" segments={sizes} value={isActualSize ? "actual" : "fit"}
                onValue={(size) => onActualSize(size === "actual")} />
      <a className="button is-download" href={blobURL(entity._uniqueid)} download={title}
         title="Download the original" aria-label="Download the original">
        <Icon name="download" /><span>Original</span>
      </a>
      <ThemeButton />
    </header>
  );
}
