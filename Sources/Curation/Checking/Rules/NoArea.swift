import Annotations
import Catalog

/// A box that is empty, or turned inside out; a polygon of no area.
struct NoArea: LabelRule {
    let id = "no-area"
    let severity = FindingSeverity.error
    let summary =
        "a box has no width or height, or a negative one, or a number that is none; a polygon has no area"
    let remedy: String? = "removes it"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard let bounds = entry.bounds else { return nil }
            if case .polygon(let polygon)? = entry.region, NoArea.isFlat(polygon) {
                return finding(in: image, [entry], "its area is 0", fix: .remove(entry.label.id))
            }
            let isFinite = [bounds.x, bounds.y, bounds.width, bounds.height].allSatisfy(\.isFinite)
            if isFinite, bounds.width > 0, bounds.height > 0 { return nil }
            return finding(
                in: image, [entry],
                "\(NumberText.short(bounds.width)) × \(NumberText.short(bounds.height)) pixels",
                fix: .remove(entry.label.id))
        }
    }

    /// Whether all rings that could bound something lie on a line each. A polygon without such a ring is for
    /// ``FewPoints``.
    private static func isFlat(_ polygon: Polygon) -> Bool {
        let rings = polygon.rings.filter { $0.count >= 3 }
        guard !rings.isEmpty else { return false }
        return rings.allSatisfy { ring in
            guard let end = ring.first(where: { $0 != ring[0] }) else { return true }
            let (dx, dy) = (end.x - ring[0].x, end.y - ring[0].y)
            return ring.allSatisfy { dx * ($0.y - ring[0].y) == dy * ($0.x - ring[0].x) }
        }
    }
}
