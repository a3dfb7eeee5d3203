import Catalog

/// A class that there is not.
struct UnknownClass: LabelRule {
    let id = "unknown-class"
    let severity = FindingSeverity.error
    let summary =
        "a label has a class that is none of --classes, nor below one of them, or a box, polygon or track has none"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard let name = entry.label.name else {
                let needsClass = [.box, .polygon, .mask, .points, .track, .class].contains(entry.label.kind)
                return needsClass ? finding(in: image, [entry], "the \(entry.label.kind) has no class") : nil
            }
            guard let classes = options.classes, let words = options.words, !words.contains(name) else {
                return nil
            }
            return finding(in: image, [entry], "'\(name)' is not among the \(classes.count) classes")
        }
    }
}
