import type { Json, JsonObject, MediaClass } from "../api/types";
import { CopyButton } from "../parts/CopyButton";
import { Link } from "../parts/Link";
import { clause } from "../state/filter";
import { formatCount, formatNumber } from "../state/format";
import { everything, type Choice } from "../state/query";
import { galleryPath } from "../state/route";
import { Section } from "./Section";

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly source: string;
  readonly count: number;
  readonly confidences: readonly number[];
}

interface Properties {
  readonly of: MediaClass;
  readonly labels: readonly JsonObject[];
}

/** The labels of an entity; those of one class, kind and source stand in one row. */
export function LabelList({ of, labels }: Properties): JSX.Element {
  return (
    <Section title="Labels" note={formatCount(labels.length)}>
      <ul className="labels">
        {rowsOf(labels).map((row) => {
          const choice: Choice = { kind: "values", values: [row.name], missing: false };
          // `label` knows labels of whole entities only; those of boxes and the like are in `labels`.
          const property = row.kind === "class" ? "label" : "labels.class";
          const details = [row.kind, row.source, confidence(row.confidences)];
          const detail = details.filter((one) => one !== "").join(" · ");
          return (
            <li key={JSON.stringify([row.name, row.kind, row.source])} className="label">
              {row.name === "" ? <span>unnamed</span> : (
                <Link to={galleryPath({ ...everything, of, choices: { [property]: choice } })}
                      title={`${of}s with this label`}>{row.name}</Link>)}
              {row.count > 1 && <span className="label-count">× {formatCount(row.count)}</span>}
              <span className="label-detail" title={detail}>{detail}</span>
              {row.name !== "" && (
                <CopyButton text={JSON.stringify(clause(property, choice))} label="Copy filter" />)}
            </li>);
        })}
      </ul>
    </Section>
  );
}

function rowsOf(labels: readonly JsonObject[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const label of labels) {
    const [name, kind, source] = [text(label["class"]), text(label["kind"]), text(label["source"])];
    const key = JSON.stringify([name, kind, source]);
    const before = rows.get(key);
    const confidences = typeof label["confidence"] === "number" ? [label["confidence"]] : [];
    rows.set(key, {
      name, kind, source, count: (before?.count ?? 0) + 1,
      confidences: [...(before?.confidences ?? []), ...confidences],
    });
  }
  return [...rows.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

/** A certain label says nothing of its confidence. */
function confidence(values: readonly number[]): string {
  if (values.every((value) => value === 1)) return "";
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? formatNumber(low) : `${low.toFixed(2)} – ${high.toFixed(2)}`;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
