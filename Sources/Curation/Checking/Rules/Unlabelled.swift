/// An image of which nothing is said.
struct Unlabelled: LabelRule {
    let id = "unlabelled"
    let severity = FindingSeverity.warning
    let summary = "an image has no label, or none of the source that is checked"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        image.entries.isEmpty ? [finding(in: image, [], "it has no label")] : []
    }
}
