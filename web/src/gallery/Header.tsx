import type { ClassSchema, MediaClass } from "../api/types";
import { FilterBox } from "../filter/FilterBox";
import { Link } from "../parts/Link";
import { Logo } from "../parts/Logo";
import { ThemeButton } from "../parts/ThemeButton";
import { Segments, type Segment } from "../parts/Segments";
import { everything, everyVideo, type Query } from "../state/query";
import { FilePicker } from "../upload/FilePicker";

interface Properties {
  readonly query: Query;
  readonly media: ClassSchema | undefined;
  readonly isOpen: boolean;
  readonly onQuery: (query: Query) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

const kinds: readonly Segment<MediaClass>[] = [
  { value: "Image", text: "Images", title: "Show images" },
  { value: "Video", text: "Videos", title: "Show videos" },
];

export function Header({ query, media, isOpen, onQuery, onFiles }: Properties): JSX.Element {
  return (
    <header className="header">
      <div className="header-start">
        <Link to="/" className="brand" aria-label="Fovea: all images"><Logo /><span>Fovea</span></Link>
        <Segments label="What is shown" segments={kinds} value={query.of}
                  onValue={(of) => onQuery(of === "Video" ? everyVideo : everything)} />
      </div>
      <FilterBox text={query.filter} of={query.of} media={media} hasShortcut={isOpen}
                 onApply={(filter) => onQuery({ ...query, filter })} />
      <div className="header-actions">
        <FilePicker onFiles={onFiles} />
        <ThemeButton />
      </div>
    </header>
  );
}
