import type { ClassSchema } from "../api/types";
import { withChoice } from "../state/filter";
import type { Choice, Query } from "../state/query";
import { FacetSection } from "./FacetSection";
import { FacetsError } from "./FacetsError";
import { FacetValues } from "./FacetValues";
import { RangeFacet } from "./RangeFacet";
import { useFacetPlan, useFacets } from "./useFacets";

/** Sections beyond these begin closed. */
const openValues = 6;
const openRanges = 3;

interface Properties {
  readonly media: ClassSchema | undefined;
  readonly query: Query;
  readonly revision: number;
  readonly onQuery: (query: Query) => void;
}

/** What the images can be told apart by, with counts within what is shown; a click narrows it down. */
export function FacetPanel({ media, query, revision, onQuery }: Properties): JSX.Element {
  const survey = useFacetPlan(query.of, media, revision);
  const planned = survey.answer;
  const { answer, error, isLoading, retry } = useFacets(query, planned, revision);
  const choose = (property: string) => (choice: Choice | undefined) =>
    onQuery({ ...query, choices: withChoice(query.choices, property, choice) });

  if (planned === undefined) {
    return (
      <div className="facets" aria-busy={survey.isLoading}>
        {survey.error !== undefined && <FacetsError error={survey.error} onRetry={survey.retry} />}
      </div>
    );
  }
  return (
    <div className={isLoading ? "facets is-busy" : "facets"} aria-busy={isLoading}>
      {error !== undefined && error.status !== 400 && <FacetsError error={error} onRetry={retry} />}
      {planned.values.map(({ name, isTelling }, index) => {
        const facet = answer?.get(name);
        const choice = query.choices[name];
        return (
          <FacetSection key={name} property={name} isChosen={choice !== undefined}
                        isOpenAtFirst={index < openValues && isTelling}
                        onClear={() => choose(name)(undefined)}>
            {facet !== undefined && <FacetValues facet={facet} choice={choice} onChoose={choose(name)} />}
          </FacetSection>);
      })}
      {planned.ranges.map((property, index) => (
        <FacetSection key={property.name} property={property.name} isOpenAtFirst={index < openRanges}
                      isChosen={query.choices[property.name] !== undefined}
                      onClear={() => choose(property.name)(undefined)}>
          <RangeFacet property={property} query={query} revision={revision}
                      onChoose={choose(property.name)} />
        </FacetSection>))}
    </div>
  );
}
