import type { ClassSchema } from "../api/types";
import { FilterBox } from "../filter/FilterBox";
import { Link } from "../parts/Link";
import { Logo } from "../parts/Logo";
import { ThemeButton } from "../parts/ThemeButton";
import type { Query } from "../state/query";
import { FilePicker } from "../upload/FilePicker";

interface Properties {
  readonly query: Query;
  readonly image: ClassSchema | undefined;
  readonly isOpen: boolean;
  readonly onQuery: (query: Query) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

export function Header({ query, image, isOpen, onQuery, onFiles }: Properties): JSX.Element {
  return (
    <header className="header">
      <Link to="/" className="brand" aria-label="Fovea: all images"><Logo /><span>Fovea</span></Link>
      <FilterBox text={query.filter} image={image} hasShortcut={isOpen}
                 onApply={(filter) => onQuery({ ...query, filter })} />
      <div className="header-actions">
        <FilePicker onFiles={onFiles} />
        <ThemeButton />
      </div>
    </header>
  );
}
