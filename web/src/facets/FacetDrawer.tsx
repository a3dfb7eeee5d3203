import { useEffect, useRef, type MouseEvent, type ReactNode } from "react";
import { IconButton } from "../parts/IconButton";

interface Properties {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Made only while the drawer is open. */
  readonly children: ReactNode;
}

/** The facets on a narrow screen, as a modal dialog: the browser keeps the focus in it, Escape closes it. */
export function FacetDrawer({ isOpen, onClose, children }: Properties): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const onClick = (event: MouseEvent): void => {
    // Beside the drawer: what lies in it has targets of its own.
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog ref={dialog} className="drawer" aria-label="Facets" onClose={onClose} onClick={onClick}>
      {isOpen && (
        <div className="drawer-content">
          <div className="drawer-head">
            <h2>Facets</h2>
            <IconButton icon="close" label="Close" onClick={onClose} />
          </div>
          {children}
        </div>)}
    </dialog>
  );
}
