import { formatCount } from "../state/format";

interface Properties {
  readonly text: string;
  readonly count: number;
  /** The count as a share of the largest one, in `0...1`. */
  readonly share: number;
  readonly isChosen: boolean;
  /** It stands for the images without a value. */
  readonly isMissing?: boolean;
  readonly onToggle: () => void;
}

export function FacetRow(properties: Properties): JSX.Element {
  const { text, count, share, isChosen, isMissing = false, onToggle } = properties;
  return (
    <li>
      <label className={isMissing ? "facet-row is-missing" : "facet-row"} title={text}>
        <input type="checkbox" checked={isChosen} onChange={onToggle} />
        <span className="facet-bar" style={{ width: `${share * 100}%` }} />
        <span className="facet-text">{text}</span>
        <span className="facet-count">{formatCount(count)}</span>
      </label>
    </li>
  );
}
