import Catalog

/// The same thing marked twice by the same source.
struct DuplicateRegion: LabelRule {
    let id = "duplicate"
    let severity = FindingSeverity.error
    let summary =
        "two boxes, or polygons, of one source and class cover each other with an IoU of 0.95 or more"
    let remedy: String? = "removes the less confident one, the newer of equals"

    func findings(in image: CheckedImage, _ options: CheckOptions) -> [LabelFinding] {
        // Of three copies two must go, and not one of them twice.
        var gone: Set<Int> = []
        return CoveringPairs.find(in: image, areOfOneClass: true).compactMap { pair in
            guard !gone.contains(pair.older), !gone.contains(pair.newer) else { return nil }
            let (older, newer) = (image.entries[pair.older], image.entries[pair.newer])
            let isOlderWorse = (older.label.confidence ?? 1) < (newer.label.confidence ?? 1)
            gone.insert(isOlderWorse ? pair.older : pair.newer)
            return finding(
                in: image, [older, newer],
                "two labels \(newer.label.name.map { "'\($0)'" } ?? "without a class") in one place",
                fix: .remove(isOlderWorse ? older.label.id : newer.label.id))
        }
    }
}
