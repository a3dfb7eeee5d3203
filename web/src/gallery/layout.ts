export type TileSize = "medium" | "small" | "large";

export interface TileLayout {
  readonly columns: number;
  /** The side of a tile; tiles are square. */
  readonly side: number;
  /** From the top of one row to the top of the next. */
  readonly rowHeight: number;
  /** Which thumbnails are sharp at this size. */
  readonly thumbnail: 256 | 512;
}

export const gap = 6;

const smallest: Readonly<Record<TileSize, number>> = { small: 104, medium: 152, large: 236 };

/** As many columns as fit, each as wide as the rest of the width allows. */
export function layOut(width: number, size: TileSize, pixelRatio: number): TileLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (smallest[size] + gap)));
  const side = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  // A tile is filled by the picture's shorter side: of a 4:3 thumbnail of 256 that has 192 pixels.
  return { columns, side, rowHeight: side + gap, thumbnail: side * pixelRatio > 200 ? 512 : 256 };
}
