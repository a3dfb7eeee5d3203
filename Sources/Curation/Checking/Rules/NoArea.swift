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
            let isFinite = [bounds.x, bounds.y, bounds.width, bounds.height].allSatisfy(\.isFinite)
            if isFinite, bounds.width > 0, bounds.height > 0 { return nil }
            return finding(
                in: image, [entry],
                "\(NumberText.short(bounds.width)) × \(NumberText.short(bounds.height)) pixels",
                fix: .remove(entry.label.id))
        }
    }
}
