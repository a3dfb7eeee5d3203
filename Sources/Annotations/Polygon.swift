/// An area bounded by rings of points, in pixels. A point is inside where it lies within an odd number of
/// rings (the even-odd rule, as COCO and SVG have it): a ring within another is a hole, rings beside each
/// other are parts.
public struct Polygon: Sendable, Hashable {
    /// Each ring closes from its last point to its first.
    public var rings: [[Point]]

    public init(rings: [[Point]]) { self.rings = rings }

    /// The four corners of a box.
    public init(_ box: Box) {
        rings = [
            [
                Point(x: box.x, y: box.y), Point(x: box.right, y: box.y),
                Point(x: box.right, y: box.bottom), Point(x: box.x, y: box.bottom),
            ]
        ]
    }

    /// The least box that holds all points; of zero size at the origin where there are none.
    public var bounds: Box {
        let points = rings.joined()
        guard let first = points.first else { return Box(x: 0, y: 0, width: 0, height: 0) }
        var (left, right, top, bottom) = (first.x, first.x, first.y, first.y)
        for point in points {
            left = min(left, point.x)
            right = max(right, point.x)
            top = min(top, point.y)
            bottom = max(bottom, point.y)
        }
        return Box(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// The area inside, in square pixels, by the even-odd rule.
    ///
    /// One ring that does not cross itself takes the shoelace formula; anything else is swept, which takes
    /// the square of the number of points at worst.
    public var area: Double {
        if rings.count == 1, rings[0].count == 3 { return abs(Polygon.shoelace(rings[0])) }
        return PolygonSweep([self]).area { $0[0] }
    }

    /// The area inside as convex pieces with three or four corners, none of which overlap.
    public var convexParts: [[Point]] { PolygonSweep([self]).pieces { $0[0] } }

    /// Whether a point lies inside; points on an edge may count either way.
    public func contains(_ point: Point) -> Bool {
        var isInside = false
        for ring in rings {
            var previous = ring.last
            for corner in ring {
                if let before = previous, (corner.y > point.y) != (before.y > point.y),
                    point.x < (before.x - corner.x) * (point.y - corner.y) / (before.y - corner.y) + corner.x
                {
                    isInside.toggle()
                }
                previous = corner
            }
        }
        return isInside
    }

    /// The convex hull of all points, counter-clockwise as seen with `y` downwards, without points on its
    /// edges.
    ///
    /// Andrew's monotone chain ("Another efficient algorithm for convex hulls in two dimensions", 1979).
    public var hull: [Point] {
        let points = Set(rings.joined()).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard points.count > 2 else { return points }
        func chain(_ points: some Sequence<Point>) -> [Point] {
            var chain: [Point] = []
            for point in points {
                while chain.count > 1,
                    Polygon.turn(chain[chain.count - 2], chain[chain.count - 1], point) <= 0
                {
                    chain.removeLast()
                }
                chain.append(point)
            }
            return chain.dropLast()
        }
        return chain(points) + chain(points.reversed())
    }

    /// The area that this and `other` have in common, in square pixels. Takes the square of the number of
    /// points at worst.
    public func intersectionArea(with other: Polygon) -> Double {
        guard bounds.intersection(with: other.bounds) != nil else { return 0 }
        return PolygonSweep([self, other]).area { $0[0] && $0[1] }
    }

    /// Intersection over union with `other`, in `0...1`; `0` where either has no area.
    public func iou(with other: Polygon) -> Double {
        let common = intersectionArea(with: other)
        guard common > 0 else { return 0 }
        let (own, others) = (area, other.area)
        // Of a polygon without area rounding may leave a little in common with another, or with itself.
        guard own > 0, others > 0 else { return 0 }
        return min(common / (own + others - common), 1)
    }

    // MARK: - Private

    /// The signed area of one ring.
    private static func shoelace(_ ring: [Point]) -> Double {
        guard var previous = ring.last else { return 0 }
        var twice = 0.0
        for point in ring {
            twice += previous.x * point.y - point.x * previous.y
            previous = point
        }
        return twice / 2
    }

    /// Positive where the way from `a` over `b` to `c` turns left.
    private static func turn(_ a: Point, _ b: Point, _ c: Point) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }
}
