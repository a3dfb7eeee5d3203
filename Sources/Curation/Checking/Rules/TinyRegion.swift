import Annotations

/// A region too small to show anything.
struct TinyRegion: LabelRule {
    let id = "tiny"
    let severity = FindingSeverity.warning
    let summary = "a box, or the box that holds a polygon, is less than 2 pixels wide or high"

    static let least = 2.0

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard let bounds = entry.bounds, bounds.width > 0, bounds.height > 0,
                bounds.width < TinyRegion.least || bounds.height < TinyRegion.least
            else { return nil }
            let size = "\(NumberText.short(bounds.width)) × \(NumberText.short(bounds.height)) pixels"
            return finding(in: image, [entry], size)
        }
    }
}
