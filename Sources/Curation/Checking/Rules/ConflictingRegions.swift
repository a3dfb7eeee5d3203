import Catalog

/// One thing called by two names by the same source.
struct ConflictingRegions: LabelRule {
    let id = "conflict"
    let severity = FindingSeverity.error
    let summary =
        "two boxes, or polygons, of one source and different classes cover each other with an IoU of 0.95 or more"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        CoveringPairs.find(in: image, areOfOneClass: false).map { pair in
            let (older, newer) = (image.entries[pair.older], image.entries[pair.newer])
            let names = [older, newer].map { $0.label.name.map { "'\($0)'" } ?? "no class" }
            return finding(in: image, [older, newer], "\(names[0]) and \(names[1]) in one place")
        }
    }
}
