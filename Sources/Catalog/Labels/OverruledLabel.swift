public import Base

/// A label that somebody else than its source has taken away or replaced.
public struct OverruledLabel: Sendable, Hashable {
    public var target: EntityID
    public var source: String
    public var name: String

    /// Those in the log behind an entry, and the newest entry.
    static func all(
        of prefix: String, after last: LabelID, _ schema: CatalogSchema, on connection: SQLiteConnection
    ) throws(CatalogError) -> (labels: [OverruledLabel], last: LabelID) {
        let scan = try connection.statement(
            """
            SELECT later.id, label.target_class, label.target, source.text, name.text
            FROM label_log later
            LEFT JOIN label_log label ON label.id = later.parent AND label.source <> later.source
            LEFT JOIN texts source ON source.id = label.source
            LEFT JOIN texts name ON name.id = label.name
            WHERE later.id > ? ORDER BY later.id
            """)
        defer { scan.reset() }
        scan.bind(last, at: 1)
        var (labels, newest) = ([OverruledLabel](), last)
        while try scan.step() {
            newest = scan.integer(0)
            guard !scan.isNull(3), !scan.isNull(4),
                let known = schema[UInt32(truncatingIfNeeded: scan.integer(1))]
            else { continue }
            let source = scan.text(3)
            guard source.hasPrefix(prefix) else { continue }
            labels.append(
                OverruledLabel(
                    target: known.entityID(LocalID(truncatingIfNeeded: scan.integer(2))), source: source,
                    name: scan.text(4)))
        }
        return (labels, newest)
    }
}
