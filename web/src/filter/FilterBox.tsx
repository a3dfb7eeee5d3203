import { useEffect, useId, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import type { ClassSchema, MediaClass } from "../api/types";
import { Icon } from "../parts/Icon";
import { IconButton } from "../parts/IconButton";
import { useShortcut } from "../parts/useShortcut";
import { FilterStatus } from "./FilterStatus";
import { useFilterCheck } from "./useFilterCheck";

/** A longer filter is scrolled. */
const mostRows = 8;
const placeholder = 'Filter: {"width": {"$gte": 640}}';

interface Properties {
  /** The filter in force. */
  readonly text: string;
  readonly media: ClassSchema | undefined;
  readonly of: MediaClass;
  /** `/` leads here. */
  readonly hasShortcut: boolean;
  readonly onApply: (text: string) => void;
}

/** Where a filter is typed: checked as it is typed, in force on Enter. */
export function FilterBox({ text, of, media, hasShortcut, onApply }: Properties): JSX.Element {
  const [draft, setDraft] = useState(text);
  const [isOpen, setIsOpen] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const status = useId();
  const check = useFilterCheck(of, draft);

  useEffect(() => setDraft(text), [text]);
  useShortcut(["/"], hasShortcut, () => field.current?.focus());

  const apply = (filter: string): void => {
    setDraft(filter);
    onApply(filter);
    setIsOpen(false);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (check.state !== "invalid") apply(draft.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) onSubmit(event);
    else if (event.key === "Escape") {
      event.preventDefault();
      setDraft(text);
      field.current?.blur();
    }
  };
  const isInvalid = check.state === "invalid";
  return (
    <form ref={form} role="search" className={isInvalid ? "filter is-invalid" : "filter"} onSubmit={onSubmit}
          onFocus={() => setIsOpen(true)}
          onBlur={(event) => { if (form.current?.contains(event.relatedTarget) !== true) setIsOpen(false); }}>
      <Icon name="search" />
      <textarea ref={field} className="filter-text" value={draft} placeholder={placeholder}
                rows={Math.min(mostRows, draft.split("\n").length)} wrap="off" spellCheck={false}
                autoComplete="off" autoCapitalize="off"
                aria-label="Filter, in MongoDB's language" aria-invalid={isInvalid} aria-describedby={status}
                onKeyDown={onKeyDown}
                onChange={(event) => { setDraft(event.target.value); setIsOpen(true); }} />
      {draft === "" && <kbd className="filter-key" aria-hidden="true">/</kbd>}
      {draft !== "" && (
        <IconButton icon="close" label="Clear the filter" isSmall onClick={() => apply("")} />)}
      <div id={status} className="filter-status" hidden={!isOpen} aria-live="polite">
        <FilterStatus check={check} isApplied={draft.trim() === text.trim()} media={media} of={of}
                      onExample={apply} />
      </div>
    </form>
  );
}
