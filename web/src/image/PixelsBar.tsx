import { operations, pixelsURL } from "../api/client";
import { useAnswer } from "../api/useAnswer";
import { CopyButton } from "../parts/CopyButton";
import { IconButton } from "../parts/IconButton";
import { Select } from "../parts/Select";
import { formatBytes } from "../state/format";
import { addOperation } from "./chain";
import type { Outcome } from "./usePicture";

interface Properties {
  readonly id: string;
  /** The operations as typed. */
  readonly chain: string;
  /** Those that are shown. */
  readonly settledChain: string;
  readonly outcome: Outcome | undefined;
  readonly onChain: (chain: string) => void;
}

/** Where operations are tried out on the picture: what is typed here is the query of the address below. */
export function PixelsBar({ id, chain, settledChain, outcome, onChain }: Properties): JSX.Element {
  const { answer } = useAnswer("operations", operations);
  const add = (name: string): void => {
    const added = answer?.find((operation) => operation.name === name);
    if (answer !== undefined && added !== undefined) onChain(addOperation(chain, added, answer));
  };
  const address = pixelsURL(id, settledChain);
  return (
    <section className="pixels" aria-label="Operations on the picture">
      <div className="pixels-row">
        <Select aria-label="Add an operation" value="" onChange={(event) => add(event.target.value)}
                disabled={answer === undefined}>
          <option value="" disabled>Add operation</option>
          {(answer ?? []).map(({ name, summary }) => (
            <option key={name} value={name} title={summary}>{name}</option>))}
        </Select>
        <input type="text" className="pixels-chain" value={chain} placeholder="resize=224x224&grayscale"
               aria-label="Operations, joined by &" spellCheck={false} autoComplete="off" autoCapitalize="off"
               onChange={(event) => onChain(event.target.value)}
               onKeyDown={(event) => { if (event.key === "Escape") event.currentTarget.blur(); }} />
        {chain !== "" && (
          <IconButton icon="close" label="Back to the original" isSmall onClick={() => onChain("")} />)}
      </div>
      {settledChain.trim() !== "" && (
        <div className="pixels-row">
          <a className="pixels-address" href={address} title={address} target="_blank" rel="noreferrer">
            {address}
          </a>
          <span className="pixels-outcome" aria-live="polite">{describeOutcome(outcome)}</span>
          <CopyButton text={new URL(address, window.location.href).href} label="Copy the address" />
        </div>)}
    </section>
  );
}

function describeOutcome(outcome: Outcome | undefined): string {
  if (outcome === undefined || outcome.state === "loading") return "…";
  if (outcome.state === "failed") return "refused";
  const { width, height, bytes, milliseconds } = outcome;
  const parts = [
    `${width} × ${height}`,
    bytes === undefined ? undefined : formatBytes(bytes),
    milliseconds === undefined ? undefined : `${Math.max(1, Math.round(milliseconds))} ms`,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}
