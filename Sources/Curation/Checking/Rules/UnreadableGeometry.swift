import Catalog

/// A box, polygon or track whose geometry is none.
struct UnreadableGeometry: LabelRule {
    let id = "unreadable"
    let severity = FindingSeverity.error
    let summary = "a box, polygon or track has no geometry, or one that cannot be read"
    let remedy: String? = "removes it"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            let isMissing =
                switch entry.label.kind {
                case .box, .polygon: entry.region == nil
                case .track: entry.track == nil
                default: false
                }
            guard isMissing else { return nil }
            return finding(
                in: image, [entry], "the \(entry.label.kind) says nothing of where it is",
                fix: .remove(entry.label.id))
        }
    }
}
