/// How ``Raster/resized(to:filter:box:maxPixels:)`` makes a pixel from its neighbours.
public enum ResizeFilter: String, Sendable, Hashable, CaseIterable {
    /// Pillow's NEAREST.
    case nearest
    /// Pillow's BOX: every source pixel counts alike.
    case box
    /// Pillow's BILINEAR: a triangle that widens with the reduction.
    case bilinear
    /// Pillow's HAMMING.
    case hamming
    /// Pillow's BICUBIC, a = −½.
    case bicubic
    /// Pillow's LANCZOS, of radius 3.
    case lanczos
    /// OpenCV's INTER_LINEAR: two neighbours a side, whatever the reduction.
    case linear
    /// OpenCV's INTER_AREA.
    case area
}
