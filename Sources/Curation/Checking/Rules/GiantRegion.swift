import Annotations
import Catalog

/// A region that is nearly all of the image.
struct GiantRegion: LabelRule {
    let id = "giant"
    let severity = FindingSeverity.warning
    let summary = "a box or polygon covers more than 95 % of the image"

    static let most = 0.95

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        guard let frame = image.frame, frame.area > 0 else { return [] }
        return image.entries.compactMap { entry in
            guard let bounds = entry.bounds, let inside = frame.intersection(with: bounds),
                inside.area > GiantRegion.most * frame.area
            else { return nil }
            var area = inside.area
            // A polygon's own area is at most that of the box that holds it, and takes longer.
            if case .polygon(let polygon)? = entry.region { area = polygon.area }
            guard area > GiantRegion.most * frame.area else { return nil }
            return finding(
                in: image, [entry], "covers \(NumberText.percent(min(area / frame.area, 1))) of the image")
        }
    }
}
