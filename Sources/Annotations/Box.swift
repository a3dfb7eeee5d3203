/// An axis-aligned box in pixels: `x`, `y` of the top-left corner, then `width`, `height`. Edges are
/// exclusive.
public struct Box: Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Where the box ends on the right, itself not in it.
    public var right: Double { x + width }
    /// Where the box ends at the bottom, itself not in it.
    public var bottom: Double { y + height }
    /// In square pixels.
    public var area: Double { width * height }

    /// What both boxes have in common; `nil` where that has no area.
    public func intersection(with other: Box) -> Box? {
        let left = max(x, other.x)
        let top = max(y, other.y)
        let width = min(right, other.right) - left
        let height = min(bottom, other.bottom) - top
        guard width > 0, height > 0 else { return nil }
        return Box(x: left, y: top, width: width, height: height)
    }

    /// Whether `other` lies in this box, edges included.
    public func contains(_ other: Box) -> Bool {
        other.x >= x && other.y >= y && other.right <= right && other.bottom <= bottom
    }

    /// Intersection over union with `other`, in `0...1`; `0` when either box has no area.
    ///
    /// Follows the continuous convention of COCO (no `+ 1` on widths), not Pascal VOC's.
    public func iou(with other: Box) -> Double {
        guard area > 0, other.area > 0, let common = intersection(with: other)?.area else { return 0 }
        return common / (area + other.area - common)
    }
}
