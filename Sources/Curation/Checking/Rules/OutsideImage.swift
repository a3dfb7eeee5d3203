import Annotations
import Catalog

/// A box that reaches beyond the image; a polygon with points beyond it.
struct OutsideImage: LabelRule {
    let id = "outside-image"
    let severity = FindingSeverity.error
    let summary = "a box or polygon reaches beyond the image"
    let remedy: String? = "cuts a box off at the edge, removes one that lies wholly outside; leaves polygons"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        guard let frame = image.frame else { return [] }
        return image.entries.compactMap { entry in
            guard let region = entry.region, let bounds = entry.bounds, bounds.width > 0, bounds.height > 0,
                !frame.contains(bounds)
            else { return nil }
            let inside = frame.intersection(with: bounds)
            var fix: LabelFix?
            if let inside {
                if case .box = region { fix = .reshape(entry.label.id, .box(inside)) }
            } else {
                fix = .remove(entry.label.id)
            }
            let sides = [-bounds.x, -bounds.y, bounds.right - frame.right, bounds.bottom - frame.bottom]
            let most = NumberText.short(sides.max() ?? 0)
            return finding(
                in: image, [entry],
                inside == nil
                    ? "lies wholly outside of the image"
                    : "reaches \(most) pixel\(most == "1" ? "" : "s") beyond the image",
                fix: fix)
        }
    }
}
