const height = 72;
const names: Readonly<Record<number, readonly string[]>> = {
  1: ["Grey"], 2: ["Grey", "Alpha"], 3: ["Red", "Green", "Blue"], 4: ["Red", "Green", "Blue", "Alpha"],
};

interface Properties {
  /** Counts by level, a list a channel. */
  readonly histogram: readonly (readonly number[])[];
  /** In levels, a number a channel. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** How the levels of each channel are spread. */
export function Channels({ histogram, mean, deviation }: Properties): JSX.Element {
  const levels = histogram[0]?.length ?? 256;
  const top = ceiling(histogram);
  const channels = histogram.map((_, index) => names[histogram.length]?.[index] ?? `Channel ${index + 1}`);
  return (
    <figure className="channels">
      <svg viewBox={`0 0 ${levels} ${height}`} preserveAspectRatio="none" role="img"
           aria-label={`Histogram of ${channels.join(", ")}`}>
        {histogram.map((counts, index) => (
          <path key={index} className={`channel ${tint(channels[index])}`} d={outline(counts, top)} />))}
      </svg>
      <figcaption>
        {channels.map((name, index) => (
          <span key={index} className={`channel-text ${tint(name)}`}>
            <span className="channel-name">{name}</span>
            <span title="Mean and standard deviation">{spread(mean[index], deviation[index])}</span>
          </span>))}
      </figcaption>
    </figure>
  );
}

/** The class that gives a channel its colour. */
function tint(name: string | undefined): string {
  return name === "Red" || name === "Green" || name === "Blue" ? `is-${name.toLowerCase()}` : "";
}

function spread(mean: number | undefined, deviation: number | undefined): string {
  if (mean === undefined) return "";
  return deviation === undefined ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
}

/**
 * The count that reaches the top. What was over- and underexposed stands in a few levels that would press the
 * rest flat, so a fiftieth of the levels may be cut off.
 */
function ceiling(histogram: readonly (readonly number[])[]): number {
  const counts = histogram.flat().filter((count) => count > 0).sort((a, b) => a - b);
  return 1.08 * (counts[Math.floor((counts.length - 1) * 0.98)] ?? 1);
}

function outline(counts: readonly number[], top: number): string {
  const points = counts.map((count, level) => {
    const y = height - Math.min(1, count / top) * height;
    return `L${level} ${y.toFixed(2)}L${level + 1} ${y.toFixed(2)}`;
  });
  return `M0 ${height}${points.join("")}L${counts.length} ${height}Z`;
}
