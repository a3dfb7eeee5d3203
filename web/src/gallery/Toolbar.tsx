import type { ClassSchema, MediaClass } from "../api/types";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { Segments, type Segment } from "../parts/Segments";
import { formatCount, formatMedia } from "../state/format";
import type { Query } from "../state/query";
import { ChoiceChips } from "./ChoiceChips";
import type { TileSize } from "./layout";
import { SortSelect } from "./SortSelect";
import type { View } from "./useView";

interface Properties {
  readonly query: Query;
  readonly media: ClassSchema | undefined;
  /** How many are found; undefined until it is known. */
  readonly count: number | undefined;
  readonly onQuery: (query: Query) => void;
  readonly view: View;
  /** Opens the facets where they do not stand beside the grid. */
  readonly onFacets: (() => void) | undefined;
}

const sizes: readonly Segment<TileSize>[] = [
  { value: "small", text: "S", title: "Small pictures" },
  { value: "medium", text: "M", title: "Medium pictures" },
  { value: "large", text: "L", title: "Large pictures" },
];

/** How many there are, what was chosen, and how they are sorted and laid out. */
export function Toolbar({ query, media, count, onQuery, view, onFacets }: Properties): JSX.Element {
  const chosen = Object.keys(query.choices).length;
  return (
    <div className="toolbar">
      {onFacets !== undefined && (
        <Button onClick={onFacets} aria-haspopup="dialog">
          <Icon name="filter" />Facets{chosen > 0 && <span className="button-count">{chosen}</span>}
        </Button>)}
      <p className="toolbar-count" aria-live="polite">
        {count !== undefined && <Count count={count} total={media?.count} of={query.of} />}
      </p>
      <ChoiceChips query={query} onQuery={onQuery} />
      <div className="toolbar-view">
        <SortSelect media={media} sort={query.sort} onSort={(sort) => onQuery({ ...query, sort })} />
        <Segments label="Size of the pictures" segments={sizes} value={view.tileSize}
                  onValue={view.onTileSize} />
        <IconButton icon="fit" label="Show pictures whole" aria-pressed={!view.isFilled}
                    onClick={() => view.onFilled(!view.isFilled)} />
      </div>
    </div>
  );
}

interface CountProperties {
  readonly count: number;
  readonly total: number | undefined;
  readonly of: MediaClass;
}

function Count({ count, total, of }: CountProperties): JSX.Element {
  if (total === undefined || total <= count) return <b>{formatMedia(count, of)}</b>;
  return <><b>{formatCount(count)}</b> of {formatMedia(total, of)}</>;
}
