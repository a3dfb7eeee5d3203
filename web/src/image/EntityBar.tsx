import type { MouseEvent, ReactNode, RefObject } from "react";
import { blobURL } from "../api/client";
import type { Entity, MediaClass } from "../api/types";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { ThemeButton } from "../parts/ThemeButton";
import { formatCount, mediaWord } from "../state/format";
import type { Neighbours } from "./useNeighbours";

interface Properties {
  readonly of: MediaClass;
  readonly entity: Entity;
  readonly title: string;
  readonly heading: RefObject<HTMLHeadingElement>;
  readonly at: number | undefined;
  readonly count: number | undefined;
  readonly neighbours: Neighbours;
  readonly backTo: string;
  readonly onLeave: () => void;
  readonly onGo: (step: -1 | 1) => void;
  /** The keys that lead to the neighbours; none for a video, in which they lead from frame to frame. */
  readonly stepKeys?: readonly [string, string];
  /** How it is shown. */
  readonly children?: ReactNode;
}

/** The bar above an image or a video: back, what it is called, its neighbours, how it is shown, and its file. */
export function EntityBar(properties: Properties): JSX.Element {
  const { of, entity, title, heading, at, count, neighbours, backTo, onLeave, onGo } = properties;
  const { stepKeys, children } = properties;
  const keys = (index: 0 | 1): string => (stepKeys === undefined ? "" : ` (${stepKeys[index]})`);
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
          <IconButton icon="back" label={`Previous ${mediaWord(of)}`} disabled={neighbours.previous === undefined}
                      title={`Previous${keys(0)}`} onClick={() => onGo(-1)} />
          <span className="image-place">{formatCount(at + 1)} of {formatCount(count)}</span>
          <IconButton icon="next" label={`Next ${mediaWord(of)}`} disabled={neighbours.next === undefined}
                      title={`Next${keys(1)}`} onClick={() => onGo(1)} />
        </div>)}
      {children}
      <a className="button is-download" href={blobURL(of, entity._uniqueid)} download={title}
         title="Download the original" aria-label="Download the original">
        <Icon name="download" /><span>Original</span>
      </a>
      <ThemeButton />
    </header>
  );
}
