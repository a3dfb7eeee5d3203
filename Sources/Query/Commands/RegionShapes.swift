/// A rectangle of an image in pixels: `x`, `y` of the top-left corner, then its size.
public struct RegionRectangle: Sendable, Hashable {
    /// The left edge, from 0.
    public var x: Double
    /// The upper edge, from 0.
    public var y: Double
    /// The width, above 0.
    public var width: Double
    /// The height, above 0.
    public var height: Double

    /// Makes a rectangle.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// A point of an image in pixels, the origin top left.
public struct RegionPoint: Sendable, Hashable {
    /// From the left.
    public var x: Double
    /// From the top.
    public var y: Double

    /// Makes a point.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Polygons that together are one region. Each is a ring of at least three points; it need not be closed.
public struct RegionPolygons: Sendable, Hashable {
    /// The rings; at least one.
    public var rings: [[RegionPoint]]

    /// The region of these rings.
    public init(_ rings: [[RegionPoint]]) { self.rings = rings }
}

/// `RegionIoU`: the intersection over union of each region of one earlier result with each of another.
public struct RegionIoUCommand: Sendable, Hashable {
    /// The rows of the matrix.
    public var first: Int
    /// The columns.
    public var second: Int

    /// Compares two earlier results.
    public init(first: Int, second: Int) {
        self.first = first
        self.second = second
    }
}
