import Annotations
import Catalog

/// Key points of a box that there is not any more.
struct OrphanedPoints: LabelRule {
    let id = "orphaned"
    let severity = FindingSeverity.warning
    let summary = "key points name a box that no label covers with an IoU of 0.5 or more"
    let remedy: String? = "removes them"

    private static let least = 0.5

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        let boxes = image.entries.compactMap { $0.label.kind == .box ? $0.bounds : nil }
        return image.entries.compactMap { entry in
            guard let box = entry.keyPoints?.box,
                !boxes.contains(where: { $0.iou(with: box) >= OrphanedPoints.least })
            else { return nil }
            return finding(
                in: image, [entry], "the box that its points belong to is gone", fix: .remove(entry.label.id))
        }
    }
}
