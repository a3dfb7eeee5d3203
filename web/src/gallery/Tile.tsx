import { memo, useState } from "react";
import { thumbnailURL } from "../api/client";
import type { Entity } from "../api/types";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { describe } from "./describe";

interface Properties {
  /** Undefined while it is being loaded. */
  readonly entity: Entity | undefined;
  readonly id: string;
  readonly path: string;
  readonly side: number;
  readonly left: number;
  readonly thumbnail: 256 | 512;
  readonly isActive: boolean;
}

/** One image of the grid: its thumbnail, and what it is called while it is pointed at. */
export const Tile = memo(function Tile(properties: Properties): JSX.Element {
  const { entity, id, path, side, left, thumbnail, isActive } = properties;
  const [failed, setFailed] = useState<string>();
  const style = { width: side, height: side, left };
  if (entity === undefined) {
    return <div role="gridcell" id={id} className="tile is-loading" style={style} aria-busy="true" />;
  }
  const { title, detail, error } = describe(entity);
  const source = thumbnailURL(entity._uniqueid, thumbnail);
  return (
    <div role="gridcell" id={id} className={isActive ? "tile is-active" : "tile"} style={style}
         aria-selected={isActive}>
      <Link to={path} tabIndex={-1} className="tile-link">
        {failed === source
          ? <span className="tile-failed"><Icon name="broken" /><span>{title}</span></span>
          : <img src={source} alt={`${title}, ${detail}`} width={side} height={side} loading="lazy"
                 decoding="async" draggable={false} onError={() => setFailed(source)} />}
        {error !== undefined && (
          <span className="tile-badge" title={error}><Icon name="warning" label={error} /></span>)}
        <span className="tile-caption" aria-hidden="true"><b>{title}</b><span>{detail}</span></span>
      </Link>
    </div>
  );
});
