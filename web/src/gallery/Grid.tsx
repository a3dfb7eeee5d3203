import { useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent } from "react";
import { useShortcut } from "../parts/useShortcut";
import { useSize } from "../state/useSize";
import { entityPath } from "../state/route";
import type { Query } from "../state/query";
import { navigate } from "../state/navigation";
import { layOut, gap, type TileSize } from "./layout";
import type { ResultSet } from "./ResultSet";
import { clamp } from "./ScrollMap";
import { Tile } from "./Tile";
import { useResultSet } from "./useResults";
import { useVirtualScroll } from "./useVirtualScroll";

/** Rows rendered beyond both edges of the view. */
const overscan = 2;
const arrows = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

interface Properties {
  readonly results: ResultSet;
  readonly count: number;
  readonly query: Query;
  readonly tileSize: TileSize;
  /** Pictures fill their tiles, cut at the edges, or fit into them whole. */
  readonly isFilled: boolean;
  readonly active: number;
  readonly onActive: (index: number) => void;
  /** The grid is what the page shows: keys pressed beside it may enter it. */
  readonly isOpen: boolean;
}

/** A grid of any number of images or videos, of which only those in view exist. */
export function Grid(properties: Properties): JSX.Element {
  const { results, count, query, tileSize, isFilled, active, onActive, isOpen } = properties;
  useResultSet(results);
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const layout = useMemo(() => layOut(width, tileSize, window.devicePixelRatio), [width, tileSize]);
  const { columns, rowHeight, side } = layout;
  const rowCount = Math.ceil(count / columns);
  const scroll = useVirtualScroll(scroller, rowCount * rowHeight + gap, height);

  const firstVisible = Math.floor(scroll.place.content / rowHeight);
  const lastVisible = Math.floor((scroll.place.content + height) / rowHeight);
  const firstRow = clamp(firstVisible - overscan, 0, rowCount);
  const endRow = clamp(lastVisible + overscan + 1, 0, rowCount);

  useEffect(() => {
    if (width === 0 || count === 0) return;
    results.want(firstRow * columns, clamp(endRow * columns - 1, 0, count - 1));
  }, [results, width, count, columns, firstRow, endRow]);

  // Another query is looked at from its beginning, unless an image of it was visited further down.
  useEffect(() => scroll.scrollTo(0), [results.key]);
  const { reveal } = scroll;
  useEffect(() => {
    if (width === 0) return;
    const row = Math.floor(active / columns);
    reveal(row * rowHeight, row * rowHeight + side);
  }, [active, columns, rowHeight, side, reveal, width === 0]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      const entity = results.at(active);
      event.preventDefault(); // A link that has the focus would open too.
      if (entity !== undefined) navigate(entityPath(entity._uniqueid, query, active));
      return;
    }
    const rowsInView = Math.max(1, Math.floor(height / rowHeight));
    const target = moved(event.key, active, columns, rowsInView, count);
    if (target === undefined) return;
    event.preventDefault();
    onActive(target);
  };

  // The keys work on the grid, wherever in it was clicked: a tile that has the focus may scroll away.
  const onClick = (event: MouseEvent): void => {
    const tile = event.target instanceof Element ? event.target.closest(".tile") : null;
    if (tile !== null) onActive(Number(tile.id.slice("tile-".length)));
    scroller.current?.focus({ preventScroll: true });
  };
  useShortcut(arrows, isOpen && document.activeElement !== scroller.current, () => scroller.current?.focus());

  const rows: JSX.Element[] = [];
  for (let row = firstRow; row < endRow; row += 1) {
    const tiles: JSX.Element[] = [];
    for (let column = 0; column < columns && row * columns + column < count; column += 1) {
      const index = row * columns + column;
      const entity = results.at(index);
      const path = entity === undefined ? "" : entityPath(entity._uniqueid, query, index);
      tiles.push(<Tile key={index} id={`tile-${index}`} of={query.of} entity={entity} path={path} side={side}
                       left={column * (side + gap)} thumbnail={layout.thumbnail}
                       isActive={index === active} />);
    }
    const top = row * rowHeight - scroll.place.shift;
    rows.push(
      <div key={row} role="row" aria-rowindex={row + 1} className="grid-row"
           style={{ height: side, transform: `translateY(${top}px)` }}>{tiles}</div>);
  }

  return (
    <div ref={scroller} className={isFilled ? "grid is-filled" : "grid"} role="grid" tabIndex={0}
         aria-label={query.of === "Video" ? "Videos" : "Images"} aria-rowcount={rowCount} aria-colcount={columns}
         aria-activedescendant={`tile-${active}`}
         onScroll={scroll.onScroll} onKeyDown={onKeyDown} onClick={onClick}>
      <div className="grid-content" role="presentation" style={{ height: scroll.height }}>{rows}</div>
    </div>
  );
}

/** Where a key leads from `index`; undefined for keys that do not move. */
function moved(
  key: string, index: number, columns: number, rowsInView: number, count: number,
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns,
    PageUp: -columns * rowsInView, PageDown: columns * rowsInView, Home: -count, End: count,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const target = index + step;
  // Up and down stay in their column; from the last whole row, down goes to the last image.
  const row = Math.floor(target / columns);
  const isOutside = row < 0 || row > Math.floor((count - 1) / columns);
  if (Math.abs(step) === columns && isOutside) return index;
  return clamp(target, 0, count - 1);
}
