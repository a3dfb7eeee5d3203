/// All rules. Help, documentation and requests are made from this table.
public enum LabelRules {
    /// In the order in which they are checked, and their fixes applied.
    public static let all: [any LabelRule] = [
        UnreadableGeometry(), NoArea(), OutsideImage(), FewPoints(), CrossingEdges(), WrongMask(),
        PointOutsideBox(), DuplicateRegion(), ConflictingRegions(), UnknownClass(), WrongConfidence(),
        TinyRegion(), GiantRegion(), TrackJump(), OrphanedPoints(), Unlabelled(), RareClass(),
    ]

    /// The rule of that name.
    public static func named(_ id: String) -> (any LabelRule)? { all.first { $0.id == id } }

    /// The table of the rules as Markdown, for docs/label-quality.md.
    public static var markdown: String {
        var lines = ["| rule | severity | broken when | `--fix` |", "|---|---|---|---|"]
        for rule in all {
            lines.append(
                "| `\(rule.id)` | \(rule.severity.rawValue) | \(rule.summary) | \(rule.remedy ?? "–") |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
