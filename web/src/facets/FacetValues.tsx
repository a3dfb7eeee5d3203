import { useState } from "react";
import type { Facet, FacetValue } from "../api/types";
import { Button } from "../parts/Button";
import { isChosen, toggled, toggledMissing } from "../state/filter";
import { formatCount, formatName, formatValue } from "../state/format";
import type { Choice } from "../state/query";
import { FacetRow } from "./FacetRow";

/** How many values stand there before one asks for all. */
const fewValues = 7;
/** Lists longer than this can be searched. */
const searchedValues = 15;

interface Properties {
  readonly facet: Facet;
  readonly choice: Choice | undefined;
  readonly onChoose: (choice: Choice | undefined) => void;
}

/** The values of a property with their counts, to be picked from. */
export function FacetValues({ facet, choice, onChoose }: Properties): JSX.Element {
  const [showsAll, setShowsAll] = useState(false);
  const [search, setSearch] = useState("");
  const { property } = facet;

  const values = withChosen(facet, choice);
  const wanted = search.trim().toLowerCase();
  const matching = showsAll && wanted !== ""
    ? values.filter(({ value }) => formatValue(property, value).toLowerCase().includes(wanted))
    : values;
  const shown = showsAll || values.length <= fewValues + 1
    ? matching
    : matching.filter(({ value }, index) => index < fewValues || isChosen(choice, value));
  const largest = Math.max(1, facet.missing, ...values.map(({ count }) => count));
  const rarer = facet.distinct - facet.values.length;
  const isMissingChosen = choice?.kind === "values" && choice.missing;

  return (
    <>
      {showsAll && values.length > searchedValues && (
        <input type="search" className="facet-search" value={search} placeholder="Find a value"
               aria-label={`Find a value of ${formatName(property)}`}
               onChange={(event) => setSearch(event.target.value)} />)}
      <ul className="facet-values">
        {shown.map(({ value, count }) => (
          <FacetRow key={JSON.stringify(value)} text={formatValue(property, value)} count={count}
                    share={count / largest} isChosen={isChosen(choice, value)}
                    onToggle={() => onChoose(toggled(choice, value))} />))}
        {(facet.missing > 0 || isMissingChosen) && wanted === "" && (
          <FacetRow text="missing" isMissing count={facet.missing} share={facet.missing / largest}
                    isChosen={isMissingChosen} onToggle={() => onChoose(toggledMissing(choice))} />)}
      </ul>
      {shown.length === 0 && facet.missing === 0 && (
        <p className="facet-note">{wanted === "" ? "No value" : "No value like that"}</p>)}
      {showsAll && rarer > 0 && <p className="facet-note">and {formatCount(rarer)} rarer values</p>}
      {values.length > fewValues + 1 && (
        <Button kind="text" onClick={() => { setShowsAll(!showsAll); setSearch(""); }}>
          {showsAll ? "Show fewer" : `Show all ${formatCount(facet.distinct)}`}
        </Button>)}
    </>
  );
}

/** The values found, and those chosen that are not among them: their count is then 0, or was not fetched. */
function withChosen(facet: Facet, choice: Choice | undefined): readonly FacetValue[] {
  if (choice?.kind !== "values") return facet.values;
  const found = new Set(facet.values.map(({ value }) => JSON.stringify(value)));
  const others = choice.values.filter((value) => !found.has(JSON.stringify(value)));
  return [...facet.values, ...others.map((value) => ({ value, count: 0 }))];
}
