import Base

/// Reads current labels with their texts.
struct LabelReader {
    let connection: SQLiteConnection

    private static let select = """
        SELECT l.id, l.target_class, l.target, l.kind, l.name, l.geometry, l.confidence, l.source, l.run, l.time,
            l.parent, (SELECT text FROM texts WHERE id = l.name), (SELECT text FROM texts WHERE id = l.source)
        FROM labels l
        """

    /// The current labels of one entity, oldest first.
    func labels(of local: LocalID, in known: ClassSchema) throws(CatalogError) -> [Label] {
        let statement = try connection.statement(
            LabelReader.select + " WHERE l.target_class = ? AND l.target = ? ORDER BY l.id")
        defer { statement.reset() }
        statement.bind(Int64(known.id), at: 1)
        statement.bind(Int64(local), at: 2)
        var labels: [Label] = []
        while try statement.step() { labels.append(try label(in: statement, known)) }
        return labels
    }

    /// The label that the entry `id` of the log made, whether it holds or not; `nil` where there is none, or
    /// its target's class is gone.
    func loggedLabel(_ id: LabelID, _ schema: CatalogSchema) throws(CatalogError) -> Label? {
        let statement = try connection.statement(
            LabelReader.select.replacing("FROM labels l", with: "FROM label_log l")
                + " WHERE l.id = ? AND l.operation = 0")
        defer { statement.reset() }
        statement.bind(id, at: 1)
        guard try statement.step(),
            let known = schema[UInt32(truncatingIfNeeded: statement.integer(1))]
        else { return nil }
        return try label(in: statement, known)
    }

    private func label(in statement: SQLiteStatement, _ known: ClassSchema) throws(CatalogError) -> Label {
        let row = LabelRows.row(in: statement)
        guard let kind = LabelKind(rawValue: row.kind) else {
            throw CatalogError(.corrupt, "label \(row.id) is of the unknown kind \(row.kind)")
        }
        let geometry: LabelGeometry? =
            switch row.geometry {
            case .text(let text)?: .json(try StoredCell.json(text))
            case .blob(let bytes)?: .bytes(bytes)
            case nil: nil
            }
        return Label(
            id: row.id, target: known.entityID(LocalID(truncatingIfNeeded: row.target)), kind: kind,
            name: statement.optionalText(11), geometry: geometry, confidence: row.confidence,
            source: statement.text(12), run: row.run, time: DateTime(microseconds: row.time),
            parent: row.parent)
    }
}
