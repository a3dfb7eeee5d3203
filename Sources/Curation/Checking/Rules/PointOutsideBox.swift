import Annotations
import Catalog

/// A key point that lies outside of the box that it belongs to, or of the image.
struct PointOutsideBox: LabelRule {
    let id = "point-outside"
    let severity = FindingSeverity.warning
    let summary =
        "key points cannot be read, or one lies outside of its box, or of the image where it has none"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard entry.label.kind == .points else { return nil }
            guard let points = entry.keyPoints, points.points.contains(where: { $0 != nil }) else {
                return finding(in: image, [entry], "the key points say nothing of where they are")
            }
            guard let frame = points.box ?? image.frame else { return nil }
            let outside = points.points.indices.filter { place in
                points.points[place].map { !PointOutsideBox.contains(frame, $0) } ?? false
            }
            guard let first = outside.first else { return nil }
            let more = outside.count > 1 ? ", and \(outside.count - 1) more" : ""
            return finding(
                in: image, [entry],
                "point \(points.name(of: first)) lies outside of its \(points.box == nil ? "image" : "box")\(more)"
            )
        }
    }

    /// Points may lie on all edges: models place them to parts of a pixel.
    private static func contains(_ box: Box, _ point: Point) -> Bool {
        point.x >= box.x && point.x <= box.right && point.y >= box.y && point.y <= box.bottom
    }
}
