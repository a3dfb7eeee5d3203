import type { ClassSchema } from "../api/types";
import { formatImages } from "../state/format";
import { examples } from "./examples";
import type { FilterCheck } from "./useFilterCheck";

interface Properties {
  readonly check: FilterCheck;
  /** What is typed is what is in force. */
  readonly isApplied: boolean;
  readonly image: ClassSchema | undefined;
  readonly onExample: (text: string) => void;
}

/** What is to be said of a typed filter: where it is wrong, or what it finds; examples if there is none. */
export function FilterStatus({ check, isApplied, image, onExample }: Properties): JSX.Element {
  switch (check.state) {
    case "empty":
      return <Examples image={image} isApplied={isApplied} onExample={onExample} />;
    case "checking":
      return <p>Checking…</p>;
    case "unknown":
      return <p>{check.message}</p>;
    case "invalid":
      return (
        <p className="filter-error">
          {check.message}{check.path !== "" && <> at <code>{check.path}</code></>}
        </p>);
    case "valid":
      if (isApplied) return <p>This filter finds {formatImages(check.count)}.</p>;
      return (
        <p>
          <kbd>Enter</kbd> shows {formatImages(check.count)}.{" "}
          <kbd>Shift</kbd> <kbd>Enter</kbd> begins a new line.
        </p>);
  }
}

function Examples({ image, isApplied, onExample }: Omit<Properties, "check">): JSX.Element {
  const shown = examples(image);
  return (
    <>
      {!isApplied && <p><kbd>Enter</kbd> shows everything.</p>}
      <p>A filter as MongoDB knows it{shown.length > 0 && ", such as"}</p>
      <ul className="examples">
        {shown.map(({ text, meaning }) => (
          <li key={text}>
            <button type="button" className="example" onClick={() => onExample(text)}>
              <code>{text}</code><span>{meaning}</span>
            </button>
          </li>))}
      </ul>
    </>
  );
}
