/// A class of which there are too few to learn from, or whose name is misspelt.
struct RareClass: LabelRule {
    let id = "rare-class"
    let severity = FindingSeverity.warning
    let summary = "a class has fewer than 5 labels among all that are checked"

    func findings(inAll counts: LabelCounts, _ options: CheckOptions) -> [LabelFinding] {
        zip(counts.names.names, counts.counts).filter { $0.1 < options.leastCount }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            .map { name, count in
                LabelFinding(
                    rule: id, severity: severity, entity: nil, labels: [],
                    message: "'\(name)' has \(count) label\(count == 1 ? "" : "s")")
            }
    }
}
