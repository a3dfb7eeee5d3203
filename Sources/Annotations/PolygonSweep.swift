/// Measures areas made of polygons by cutting the plane into horizontal bands within which no two edges
/// cross.
///
/// Within a band every edge is a straight line from top to bottom, so that the insides of the polygons are
/// trapezia, whose areas are exact.
struct PolygonSweep {
    private struct Edge {
        var top: Point
        var bottom: Point
        /// The polygon that it bounds.
        var owner: Int

        func x(at y: Double) -> Double {
            top.x + (bottom.x - top.x) * ((y - top.y) / (bottom.y - top.y))
        }

        /// Where the two cross strictly between their ends; `nil` where they do not.
        func crossing(_ other: Edge) -> Double? {
            let (dx, dy) = (bottom.x - top.x, bottom.y - top.y)
            let (ex, ey) = (other.bottom.x - other.top.x, other.bottom.y - other.top.y)
            let determinant = dx * ey - dy * ex
            guard determinant != 0 else { return nil }
            let place = ((other.top.x - top.x) * ey - (other.top.y - top.y) * ex) / determinant
            let y = top.y + place * dy
            guard y > max(top.y, other.top.y), y < min(bottom.y, other.bottom.y) else { return nil }
            return y
        }
    }

    private let edges: [Edge]
    private let ownerCount: Int
    /// Where bands begin and end, rising.
    private let levels: [Double]

    init(_ polygons: [Polygon]) {
        ownerCount = polygons.count
        var edges: [Edge] = []
        for (owner, polygon) in polygons.enumerated() {
            for ring in polygon.rings where ring.count > 2 {
                var previous = ring[ring.count - 1]
                for point in ring {
                    // A level edge bounds no band.
                    if previous.y < point.y { edges.append(Edge(top: previous, bottom: point, owner: owner)) }
                    if previous.y > point.y { edges.append(Edge(top: point, bottom: previous, owner: owner)) }
                    previous = point
                }
            }
        }
        edges.sort { $0.top.y < $1.top.y }
        var levels = edges.flatMap { [$0.top.y, $0.bottom.y] }
        for first in edges.indices {
            for second in edges.indices[(first + 1)...] {
                if edges[second].top.y >= edges[first].bottom.y { break }
                if let level = edges[first].crossing(edges[second]) { levels.append(level) }
            }
        }
        self.edges = edges
        self.levels = Array(Set(levels)).sorted()
    }

    /// The area where `isWanted`, given for each polygon whether one is inside, says yes.
    func area(where isWanted: ([Bool]) -> Bool) -> Double {
        var area = 0.0
        forEachTrapezium(where: isWanted) { top, bottom, left, right in
            // The middle line times the height.
            let middle = (top + bottom) / 2
            area += (right.x(at: middle) - left.x(at: middle)) * (bottom - top)
        }
        return area
    }

    /// The same as convex pieces, none of which overlap.
    func pieces(where isWanted: ([Bool]) -> Bool) -> [[Point]] {
        var pieces: [[Point]] = []
        forEachTrapezium(where: isWanted) { top, bottom, left, right in
            var corners: [Point] = []
            for (edge, y) in [(left, top), (right, top), (right, bottom), (left, bottom)] {
                let corner = Point(x: edge.x(at: y), y: y)
                if corner != corners.last, corner != corners.first { corners.append(corner) }
            }
            if corners.count > 2 { pieces.append(corners) }
        }
        return pieces
    }

    // MARK: - Private

    private func forEachTrapezium(
        where isWanted: ([Bool]) -> Bool,
        _ body: (_ top: Double, _ bottom: Double, _ left: Edge, _ right: Edge) -> Void
    ) {
        var next = 0
        var active: [Edge] = []
        for (top, bottom) in zip(levels, levels.dropFirst()) {
            active.removeAll { $0.bottom.y <= top }
            while next < edges.count, edges[next].top.y <= top {
                if edges[next].bottom.y > top { active.append(edges[next]) }
                next += 1
            }
            let middle = (top + bottom) / 2
            let crossed = active.map { (x: $0.x(at: middle), edge: $0) }.sorted { $0.x < $1.x }
            var isInside = [Bool](repeating: false, count: ownerCount)
            var start: Edge?
            for (_, edge) in crossed {
                isInside[edge.owner].toggle()
                if isWanted(isInside) {
                    if start == nil { start = edge }
                } else if let left = start {
                    body(top, bottom, left, edge)
                    start = nil
                }
            }
        }
    }
}
