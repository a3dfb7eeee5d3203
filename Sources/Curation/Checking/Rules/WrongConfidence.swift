import Catalog

/// A confidence that is none.
struct WrongConfidence: LabelRule {
    let id = "confidence"
    let severity = FindingSeverity.error
    let summary = "a confidence lies outside of 0 to 1"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.compactMap { entry in
            guard let confidence = entry.label.confidence, !(0...1).contains(confidence) else { return nil }
            return finding(in: image, [entry], "its confidence is \(NumberText.short(confidence))")
        }
    }
}
