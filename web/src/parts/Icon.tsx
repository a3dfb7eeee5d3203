/** Line drawings on a 24 × 24 grid, drawn with the text's colour. */
const paths = {
  back: "M15 5l-7 7 7 7",
  broken: "M3 5h18v14H3zM3 16l5-5 4 4M14 13l2-2 5 5M9 3l6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  dark: "M20 14.5A8.5 8.5 0 019.5 4 8.5 8.5 0 1020 14.5z",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  filter: "M4 6h16M7 12h10M10 18h4",
  fit: "M4 4h16v16H4zM4 8.5h16v7H4z",
  image: "M3 5h18v14H3zM3 16l5-5 4 4 4-5 5 6",
  light: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
  keyframeNext: "M5 5l8 7-8 7zM17 5v14",
  keyframePrevious: "M19 5l-8 7 8 7zM7 5v14",
  next: "M9 5l7 7-7 7",
  pause: "M8 5v14M16 5v14",
  play: "M7 4.5v15l12-7.5z",
  plus: "M12 5v14M5 12h14",
  search: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L21 21",
  sortAscending: "M7 19V5M3.5 8.5L7 5l3.5 3.5M14 7h3M14 12h5M14 17h7",
  sortDescending: "M7 5v14M3.5 15.5L7 19l3.5-3.5M14 7h7M14 12h5M14 17h3",
  system: "M3 5h18v11H3zM9 20h6M12 16v4",
  video: "M3 5h18v14H3zM7 5v14M17 5v14M3 9.7h4M3 14.3h4M17 9.7h4M17 14.3h4",
  zoomIn: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L21 21M7.5 10.5h6M10.5 7.5v6",
  zoomOut: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L21 21M7.5 10.5h6",
  up: "M6 15l6-6 6 6",
  upload: "M12 16V5M7 9.5l5-5 5 5M5 20h14",
  warning: "M12 4L2.5 20h19zM12 10v5M12 17.2v.3",
} as const;

export type IconName = keyof typeof paths;

interface Properties {
  readonly name: IconName;
  /** What it means, where no text beside it says so. */
  readonly label?: string;
}

export function Icon({ name, label }: Properties): JSX.Element {
  const naming = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <svg className="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor"
         strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" {...naming}>
      <path d={paths[name]} />
    </svg>
  );
}
