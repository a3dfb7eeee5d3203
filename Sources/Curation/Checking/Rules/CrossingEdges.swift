import Annotations
import Catalog

/// A ring that crosses itself.
struct CrossingEdges: LabelRule {
    let id = "crossing-edges"
    let severity = FindingSeverity.error
    let summary = "a ring of a polygon crosses itself"

    /// Comparing each edge with each takes the square of their number.
    private static let pointLimit = 2_000

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard case .polygon(let polygon)? = entry.region else { return nil }
            for ring in polygon.rings where ring.count <= CrossingEdges.pointLimit {
                if let (first, second) = CrossingEdges.crossing(ring) {
                    return finding(in: image, [entry], "edge \(first) crosses edge \(second)")
                }
            }
            return nil
        }
    }

    /// Two edges, by the number of their first point, that meet and are no neighbours; `nil` where there are
    /// none.
    static func crossing(_ ring: [Point]) -> (Int, Int)? {
        guard ring.count > 3 else { return nil }
        for first in 0..<ring.count - 2 {
            // The last edge is a neighbour of the first.
            let end = first == 0 ? ring.count - 1 : ring.count
            for second in first + 2..<end {
                let next = ring[(second + 1) % ring.count]
                if meet(ring[first], ring[first + 1], ring[second], next) { return (first, second) }
            }
        }
        return nil
    }

    private static func meet(_ a: Point, _ b: Point, _ c: Point, _ d: Point) -> Bool {
        let (abc, abd, cda, cdb) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b))
        // Strictly on both sides each way: rings that touch themselves in a point cross nothing.
        return abc * abd < 0 && cda * cdb < 0
    }

    /// On which side of the way from `a` to `b` a point lies: −1, 0 or 1.
    private static func side(_ a: Point, _ b: Point, _ point: Point) -> Int {
        let turn = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
        return turn > 0 ? 1 : turn < 0 ? -1 : 0
    }
}
