import { memo, useState } from "react";
import { frameThumbnailURL, thumbnailURL } from "../api/client";
import type { Entity, MediaClass } from "../api/types";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { formatClock } from "../state/format";
import { describe } from "./describe";

interface Properties {
  /** Undefined while it is being loaded. */
  readonly entity: Entity | undefined;
  readonly of: MediaClass;
  readonly id: string;
  readonly path: string;
  readonly side: number;
  readonly left: number;
  readonly thumbnail: 256 | 512;
  readonly isActive: boolean;
}

/** One image or video of the grid: its thumbnail, and what it is called while it is pointed at. */
export const Tile = memo(function Tile(properties: Properties): JSX.Element {
  const { of, entity, id, path, side, left, thumbnail, isActive } = properties;
  const [failed, setFailed] = useState<readonly string[]>([]);
  const style = { width: side, height: side, left };
  if (entity === undefined) {
    return <div role="gridcell" id={id} className="tile is-loading" style={style} aria-busy="true" />;
  }
  const { title, detail, error } = describe(entity);
  const sources = of === "Image" ? [thumbnailURL(entity._uniqueid, thumbnail)] : stills(entity, thumbnail);
  const source = sources.find((one) => !failed.includes(one));
  const { duration } = entity;
  return (
    <div role="gridcell" id={id} className={isActive ? "tile is-active" : "tile"} style={style}
         aria-selected={isActive}>
      <Link to={path} tabIndex={-1} className="tile-link">
        {source === undefined
          ? <span className="tile-failed"><Icon name="broken" /><span>{title}</span></span>
          : <img src={source} alt={`${title}, ${detail}`} width={side} height={side} loading="lazy"
                 decoding="async" draggable={false} onError={() => setFailed([...failed, source])} />}
        {typeof duration === "number" && (
          <span className="tile-duration" aria-hidden="true"><Icon name="play" />{formatClock(duration)}</span>)}
        {error !== undefined && (
          <span className="tile-badge" title={error}><Icon name="warning" label={error} /></span>)}
        <span className="tile-caption" aria-hidden="true"><b>{title}</b><span>{detail}</span></span>
      </Link>
    </div>
  );
});

/** What a video is shown by: the frame in its middle, as many begin black; its first where that is damaged. */
function stills(video: Entity, side: 256 | 512): readonly string[] {
  const count = video["frame_count"];
  const middle = typeof count === "number" ? Math.floor(count / 2) : 0;
  return [...new Set([middle, 0])].map((number) => frameThumbnailURL(video._uniqueid, number, side));
}
