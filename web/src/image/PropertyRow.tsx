import type { Json, MediaClass } from "../api/types";
import { isObject } from "../api/types";
import { CopyButton } from "../parts/CopyButton";
import { Link } from "../parts/Link";
import { clause, literal } from "../state/filter";
import { formatCount, formatName, formatValue } from "../state/format";
import { everything, type Choice } from "../state/query";
import { galleryPath } from "../state/route";

interface Properties {
  readonly of: MediaClass;
  readonly name: string;
  readonly value: Json;
  readonly isDate: boolean;
}

/** A property and its value. The value leads to all that share it, and its filter can be copied. */
export function PropertyRow({ of, name, value, isDate }: Properties): JSX.Element {
  const values = scalars(value) ?? [value];
  const copied = choiceOf(values, isDate);
  return (
    <div className="property">
      <dt title={name}>{formatName(name)}</dt>
      <dd>
        <span className={isHash(name) ? "property-value is-code" : "property-value"}>
          {values.length === 0 && "none"}
          {values.map((one, index) => (
            <span key={JSON.stringify(one)}>
              {index > 0 && ", "}
              <Link to={galleryPath({ ...everything, of, choices: { [name]: choiceOf([one], isDate) } })}
                    title={`${of}s with this ${formatName(name).toLowerCase()}`}>
                {formatValue(name, one, isDate)}
              </Link>
            </span>))}
          {name === "bytes" && typeof value === "number" && value >= 1000 && (
            <span className="property-note"> {formatCount(value)}</span>)}
        </span>
        {values.length > 0 && <CopyButton text={JSON.stringify(clause(name, copied))} label="Copy filter" />}
      </dd>
    </div>
  );
}

/** The elements of a list of scalars: each of them can be searched for. */
function scalars(value: Json): readonly Json[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements = value as readonly Json[];
  return elements.every((one) => !isObject(one) && !Array.isArray(one)) ? elements : undefined;
}

function choiceOf(values: readonly Json[], isDate: boolean): Choice {
  return { kind: "values", values: values.map((one) => literal(one, isDate)), missing: false };
}

function isHash(name: string): boolean {
  return ["sha256", "phash", "dhash", "_key", "_uniqueid"].includes(name);
}
