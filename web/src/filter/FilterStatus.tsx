import type { ClassSchema, MediaClass } from "../api/types";
import { formatMedia } from "../state/format";
import { examples } from "./examples";
import type { FilterCheck } from "./useFilterCheck";

interface Properties {
  readonly check: FilterCheck;
  /** What is typed is what is in force. */
  readonly isApplied: boolean;
  readonly media: ClassSchema | undefined;
  readonly of: MediaClass;
  readonly onExample: (text: string) => void;
}

/** What is to be said of a typed filter: where it is wrong, or what it finds; examples if there is none. */
export function FilterStatus({ check, isApplied, media, of, onExample }: Properties): JSX.Element {
  switch (check.state) {
    case "empty":
      return <Examples media={media} isApplied={isApplied} onExample={onExample} />;
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
      if (isApplied) return <p>This filter finds {formatMedia(check.count, of)}.</p>;
      return (
        <p>
          <kbd>Enter</kbd> shows {formatMedia(check.count, of)}.{" "}
          <kbd>Shift</kbd> <kbd>Enter</kbd> begins a new line.
        </p>);
  }
}

function Examples({ media, isApplied, onExample }: Omit<Properties, "check" | "of">): JSX.Element {
  const shown = examples(media);
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
