import Annotations
import Catalog

/// A ring of a polygon that bounds nothing.
struct FewPoints: LabelRule {
    let id = "few-points"
    let severity = FindingSeverity.error
    let summary = "a ring of a polygon has fewer than three points"
    let remedy: String? = "removes the ring, and the polygon with its last one"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard case .polygon(let polygon)? = entry.region else { return nil }
            let rings = polygon.rings.filter { $0.count >= 3 }
            guard rings.count < polygon.rings.count || rings.isEmpty else { return nil }
            let least = polygon.rings.map(\.count).min() ?? 0
            return finding(
                in: image, [entry],
                polygon.rings.isEmpty
                    ? "it has no ring" : "a ring has \(least) point\(least == 1 ? "" : "s")",
                fix: rings.isEmpty
                    ? .remove(entry.label.id) : .reshape(entry.label.id, .polygon(Polygon(rings: rings))))
        }
    }
}
