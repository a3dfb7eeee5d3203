import { useId, useState, type ReactNode } from "react";
import { Button } from "../parts/Button";
import { Icon } from "../parts/Icon";
import { formatName } from "../state/format";

interface Properties {
  readonly property: string;
  readonly isOpenAtFirst: boolean;
  readonly isChosen: boolean;
  readonly onClear: () => void;
  /** Made only while the section is open. */
  readonly children: ReactNode;
}

/** One property of the panel: its name, which opens and closes it, and a way to undo what was chosen. */
export function FacetSection(properties: Properties): JSX.Element {
  const { property, isOpenAtFirst, isChosen, onClear, children } = properties;
  const [isOpen, setIsOpen] = useState<boolean>();
  const content = useId();
  const isShown = isOpen ?? (isOpenAtFirst || isChosen);
  return (
    <section className={isShown ? "facet is-open" : "facet"} aria-label={formatName(property)}>
      <h2 className="facet-head">
        <button type="button" className="facet-toggle" aria-expanded={isShown} aria-controls={content}
                onClick={() => setIsOpen(!isShown)} title={property}>
          <Icon name="down" /><span>{formatName(property)}</span>
        </button>
        {isChosen && (
          <Button kind="text" onClick={onClear} aria-label={`Clear ${formatName(property)}`}>Clear</Button>)}
      </h2>
      <div id={content} hidden={!isShown} className="facet-content">{isShown && children}</div>
    </section>
  );
}
