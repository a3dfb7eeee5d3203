import { histogram } from "../api/client";
import type { PropertySchema } from "../api/types";
import { useAnswer } from "../api/useAnswer";
import { composeFilter, withChoice } from "../state/filter";
import { formatCount } from "../state/format";
import type { Choice, Query } from "../state/query";
import { galleryPath } from "../state/route";
import { RangeBrush } from "./RangeBrush";
import { boundsOf, scaleOf, spanOf, withWrittenEdges } from "./bins";

const binCount = 24;

interface Properties {
  readonly property: PropertySchema;
  readonly query: Query;
  readonly revision: number;
  readonly onChoose: (choice: Choice | undefined) => void;
}

/** The histogram of a number or a time within what is shown, to pick a range from. */
export function RangeFacet({ property, query, revision, onChoose }: Properties): JSX.Element {
  const { name } = property;
  const scale = scaleOf(property);
  const others: Query = { ...query, sort: "", choices: withChoice(query.choices, name, undefined) };
  const filter = composeFilter(others);
  const key = filter === undefined ? undefined : `${revision} ${name} ${galleryPath(others)}`;
  const { answer, error } = useAnswer(key, async (signal) =>
    withWrittenEdges(await histogram(query.of, filter ?? {}, name, binCount, signal), scale));

  if (answer === undefined) {
    // A filter that is refused is explained where it is typed.
    return (
      <div className="range is-loading">
        {error !== undefined && error.status !== 400 && <p className="facet-note">{error.message}</p>}
      </div>
    );
  }
  if (answer.edges.length < 2) return <p className="facet-note">No value</p>;
  const choice = query.choices[name];
  const span = spanOf(choice?.kind === "range" ? choice.bounds : undefined, answer);
  return (
    <div className="range">
      <RangeBrush histogram={answer} span={span} isDate={scale === "time"} onSpan={(chosen) => {
        const bounds = boundsOf(chosen, answer, scale);
        onChoose(bounds === undefined ? undefined : { kind: "range", bounds });
      }} />
      {answer.missing > 0 && <p className="facet-note">{formatCount(answer.missing)} without a value</p>}
    </div>
  );
}
