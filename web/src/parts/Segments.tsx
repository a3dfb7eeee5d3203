export interface Segment<Value extends string> {
  readonly value: Value;
  readonly text: string;
  readonly title: string;
}

interface Properties<Value extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onValue: (value: Value) => void;
}

/** A choice among a few, all of them in sight. */
export function Segments<Value extends string>(properties: Properties<Value>): JSX.Element {
  const { label, segments, value, onValue } = properties;
  return (
    <div className="segments" role="group" aria-label={label}>
      {segments.map((segment) => (
        <button key={segment.value} type="button" className="segment" aria-pressed={segment.value === value}
                title={segment.title} onClick={() => onValue(segment.value)}>{segment.text}</button>))}
    </div>
  );
}
