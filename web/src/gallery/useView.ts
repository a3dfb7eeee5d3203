import { usePreference } from "../state/preferences";
import type { TileSize } from "./layout";

/** How the grid looks; this browser remembers it. */
export interface View {
  readonly tileSize: TileSize;
  readonly onTileSize: (size: TileSize) => void;
  /** Pictures fill their tiles, cut at the edges, or fit into them whole. */
  readonly isFilled: boolean;
  readonly onFilled: (isFilled: boolean) => void;
}

export function useView(): View {
  const [tileSize, onTileSize] = usePreference<TileSize>("tile-size", ["medium", "small", "large"]);
  const [fit, setFit] = usePreference("fit", ["fill", "whole"]);
  return {
    tileSize, onTileSize, isFilled: fit === "fill",
    onFilled: (isFilled) => setFit(isFilled ? "fill" : "whole"),
  };
}
