import Annotations
import Base
import Catalog

/// Pairs of regions of one image, kind and source that cover each other.
enum CoveringPairs {
    /// The IoU from which on two regions are in the same place.
    static let threshold = 0.95

    /// The places of the pairs, the older label first. Polygons are compared by the boxes that hold them,
    /// too.
    /// - Parameter areOfOneClass: whether the pairs' classes are the same, or differ.
    static func find(in image: CheckedImage, areOfOneClass: Bool) -> [(older: Int, newer: Int)] {
        // Along x, so that only what can overlap is compared.
        let order = image.entries.indices.filter { image.entries[$0].bounds.map { $0.area > 0 } ?? false }
            .sorted { (image.entries[$0].bounds?.x ?? 0, $0) < (image.entries[$1].bounds?.x ?? 0, $1) }
        var pairs: [(older: Int, newer: Int)] = []
        for (place, first) in order.enumerated() {
            let entry = image.entries[first]
            guard let bounds = entry.bounds else { continue }
            for second in order[(place + 1)...] {
                let other = image.entries[second]
                guard let otherBounds = other.bounds, otherBounds.x < bounds.right else { break }
                guard entry.label.kind == other.label.kind,
                    entry.label.source.hasSameBytes(as: other.label.source),
                    (entry.label.name.map(ExactName.init) == other.label.name.map(ExactName.init))
                        == areOfOneClass,
                    bounds.iou(with: otherBounds) >= threshold
                else { continue }
                if case .polygon(let polygon)? = entry.region, case .polygon(let rival)? = other.region,
                    polygon.iou(with: rival) < threshold
                {
                    continue
                }
                pairs.append((older: min(first, second), newer: max(first, second)))
            }
        }
        return pairs.sorted { ($0.older, $0.newer) < ($1.older, $1.newer) }
    }
}
