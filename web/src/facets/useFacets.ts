import { useMemo } from "react";
import { facets } from "../api/client";
import type { ClassSchema, Facet } from "../api/types";
import { useAnswer, type Pending } from "../api/useAnswer";
import { composeFilter } from "../state/filter";
import { formatQuery, type Query } from "../state/query";
import { candidates, plan, type FacetPlan } from "./plan";

/** How many values of a property are fetched; rarer ones are counted only. */
export const fetchedValues = 100;

/** Which properties to offer, found out anew whenever `revision` changes. */
export function useFacetPlan(image: ClassSchema | undefined, revision: number): Pending<FacetPlan> {
  const names = useMemo(
    () => (image === undefined ? [] : candidates(image).map((property) => property.name)), [image]);
  const key = names.length === 0 ? undefined : `${revision} ${names.join(" ")}`;
  const survey = useAnswer(key, (signal) => facets({}, names, 1, signal));
  const planned = useMemo(
    () => (image === undefined || survey.answer === undefined ? undefined : plan(image, survey.answer)),
    [image, survey.answer]);
  return { ...survey, answer: planned };
}

/**
 * The values of the planned properties within what is shown.
 *
 * A property that something is chosen of is counted as if nothing were: its other values are what one might
 * add to the choice.
 */
export function useFacets(
  query: Query, planned: FacetPlan | undefined, revision: number,
): Pending<ReadonlyMap<string, Facet>> {
  const names = (planned?.values ?? []).map(({ name }) => name);
  const canAsk = names.length > 0 && composeFilter(query) !== undefined;
  const key = canAsk ? `${revision} ${names.join(" ")} ${formatQuery({ ...query, sort: "" })}` : undefined;
  return useAnswer(key, async (signal) => {
    const unchosen = names.filter((name) => query.choices[name] === undefined);
    const chosen = names.filter((name) => query.choices[name] !== undefined);
    const groups = [
      ...(unchosen.length > 0 ? [{ properties: unchosen, filter: composeFilter(query) }] : []),
      ...chosen.map((name) => ({ properties: [name], filter: composeFilter(query, name) })),
    ];
    const answers = await Promise.all(
      groups.map((group) => facets(group.filter ?? {}, group.properties, fetchedValues, signal)));
    return new Map(answers.flat().map((facet) => [facet.property, facet]));
  });
}
