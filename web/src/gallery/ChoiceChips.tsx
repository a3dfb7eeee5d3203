import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { literalValue, withChoice } from "../state/filter";
import { formatBytes, formatName, formatNumber, formatValue } from "../state/format";
import { everything, isEverything, type Choice, type Query } from "../state/query";
import type { Json } from "../api/types";

interface Properties {
  readonly query: Query;
  readonly onQuery: (query: Query) => void;
}

/** What was chosen, one chip a property, each of which can be taken away. */
export function ChoiceChips({ query, onQuery }: Properties): JSX.Element | null {
  if (isEverything(query)) return null;
  const clear = (property: string): void =>
    onQuery({ ...query, choices: withChoice(query.choices, property, undefined) });
  return (
    <ul className="chips" aria-label="What is chosen">
      {query.filter.trim() !== "" && (
        <Chip name="Filter" text={query.filter.replace(/\s+/g, " ")} isCode
              onClear={() => onQuery({ ...query, filter: "" })} />)}
      {Object.entries(query.choices).map(([property, choice]) => (
        <Chip key={property} name={formatName(property)} text={describeChoice(property, choice)}
              onClear={() => clear(property)} />))}
      <li>
        <Button kind="text" onClick={() => onQuery({ ...everything, of: query.of, sort: query.sort })}>Clear all</Button>
      </li>
    </ul>
  );
}

interface ChipProperties {
  readonly name: string;
  readonly text: string;
  readonly isCode?: boolean;
  readonly onClear: () => void;
}

function Chip({ name, text, isCode = false, onClear }: ChipProperties): JSX.Element {
  return (
    <li className="chip">
      <span className="chip-name">{name}</span>
      <span className={isCode ? "chip-text is-code" : "chip-text"} title={text}>{text}</span>
      <button type="button" className="chip-clear" onClick={onClear} title="Remove"
              aria-label={`Remove ${name}: ${text}`}>
        <Icon name="close" />
      </button>
    </li>
  );
}

function describeChoice(property: string, choice: Choice): string {
  if (choice.kind === "values") {
    const texts = choice.values.map((value) => formatValue(property, value));
    return [...texts, ...(choice.missing ? ["missing"] : [])].join(" or ");
  }
  const { $gte, $gt, $lte, $lt } = choice.bounds;
  const from = $gte ?? $gt;
  const to = $lte ?? $lt;
  if (from === undefined) return `${$lte === undefined ? "<" : "≤"} ${bound(property, to)}`;
  if (to === undefined) return `${$gte === undefined ? ">" : "≥"} ${bound(property, from)}`;
  return `${bound(property, from)} – ${bound(property, to)}`;
}

function bound(property: string, value: Json | undefined): string {
  if (value === undefined) return "";
  const plain = literalValue(value);
  if (typeof plain === "number") {
    return property === "bytes" ? formatBytes(plain) : formatNumber(Number(plain.toPrecision(4)));
  }
  return plain === value ? formatValue(property, plain) : formatValue(property, plain, true).slice(0, 10);
}
