import { useMemo } from "react";
import { facets } from "../api/client";
import type { ClassSchema, Facet, MediaClass } from "../api/types";
import { useAnswer, type Pending } from "../api/useAnswer";
import { composeFilter } from "../state/filter";
import type { Query } from "../state/query";
import { galleryPath } from "../state/route";
import { candidates, plan, type FacetPlan } from "./plan";

/** How many values of a property are fetched; rarer ones are counted only. */
export const fetchedValues = 100;

/** Which properties to offer, found out anew whenever `revision` changes. */
export function useFacetPlan(
  of: MediaClass, media: ClassSchema | undefined, revision: number,
): Pending<FacetPlan> {
  const names = useMemo(
    () => (media === undefined ? [] : candidates(media).map((property) => property.name)), [media]);
  const key = names.length === 0 ? undefined : `${of} ${revision} ${names.join(" ")}`;
  const survey = useAnswer(key, (signal) => facets(of, {}, names, 1, signal));
  const planned = useMemo(
    () => (media === undefined || survey.answer === undefined ? undefined : plan(media, survey.answer)),
    [media, survey.answer]);
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
  const key = canAsk ? `${revision} ${names.join(" ")} ${galleryPath({ ...query, sort: "" })}` : undefined;
  return useAnswer(key, async (signal) => {
    const unchosen = names.filter((name) => query.choices[name] === undefined);
    const chosen = names.filter((name) => query.choices[name] !== undefined);
    const groups = [
      ...(unchosen.length > 0 ? [{ properties: unchosen, filter: composeFilter(query) }] : []),
      ...chosen.map((name) => ({ properties: [name], filter: composeFilter(query, name) })),
    ];
    const answers = await Promise.all(
      groups.map((group) => facets(query.of, group.filter ?? {}, group.properties, fetchedValues, signal)));
    return new Map(answers.flat().map((facet) => [facet.property, facet]));
  });
}
