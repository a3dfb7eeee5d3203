import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { mediaWord } from "../state/format";
import { everything, type Query } from "../state/query";

interface Properties {
  readonly query: Query;
  readonly onQuery: (query: Query) => void;
}

/** What stands in the place of the grid when nothing is found. */
export function NoMatch({ query, onQuery }: Properties): JSX.Element {
  const hasFilter = query.filter.trim() !== "";
  const hasChoices = Object.keys(query.choices).length > 0;
  const cause = hasFilter && hasChoices
    ? "The filter and what was chosen of the facets leave nothing over."
    : hasFilter ? "The filter leaves nothing over." : "What was chosen of the facets leaves nothing over.";
  return (
    <div className="notice">
      <span className="notice-mark"><Icon name="search" /></span>
      <h2>No {mediaWord(query.of)} matches</h2>
      <p>{cause}</p>
      <div className="notice-actions">
        {hasFilter && hasChoices && (
          <Button onClick={() => onQuery({ ...query, choices: {} })}>Keep the filter only</Button>)}
        <Button kind="primary" onClick={() => onQuery({ ...everything, of: query.of, sort: query.sort })}>
          Show all {mediaWord(query.of)}s
        </Button>
      </div>
    </div>
  );
}
