import { isDate, isNumeric } from "../api/useSchema";
import type { ClassSchema, PropertySchema } from "../api/types";
import { IconButton } from "../parts/IconButton";
import { Select } from "../parts/Select";
import { formatName } from "../state/format";

/** Scalars that no one sorts by. */
const unsorted = new Set(["_uniqueid", "_key", "sha256", "phash", "dhash", "error", "orientation"]);
const first = ["captured_at", "added_at", "path", "label", "width", "height", "bytes"];

interface Properties {
  readonly media: ClassSchema | undefined;
  /** `"captured_at:desc"`; empty for the store's own order. */
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

export function SortSelect({ media, sort, onSort }: Properties): JSX.Element {
  const [key = "", direction = "asc"] = sort.split(",")[0]!.split(":");
  const isDescending = direction === "desc";
  const names = sortable(media?.properties ?? []);
  const shown = key === "" || names.includes(key) ? names : [...names, key];
  return (
    <div className="sort">
      <Select aria-label="Sort by" value={key} onChange={(event) =>
        onSort(event.target.value === "" ? "" : `${event.target.value}:${direction}`)}>
        <option value="">As added</option>
        {shown.map((name) => <option key={name} value={name}>{formatName(name)}</option>)}
      </Select>
      <IconButton icon={isDescending ? "sortDescending" : "sortAscending"} disabled={key === ""}
                  label={isDescending ? "Descending order" : "Ascending order"}
                  onClick={() => onSort(`${key}:${isDescending ? "asc" : "desc"}`)} />
    </div>
  );
}

function sortable(properties: readonly PropertySchema[]): readonly string[] {
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return properties
    .filter((property) => !unsorted.has(property.name)
      && (isNumeric(property) || isDate(property) || property.types.includes("string")))
    .map((property) => property.name)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}
