public import Base

/// Finds the labels that regions stand for.
struct RegionReader {
    private let known: ClassSchema
    private let connection: SQLiteConnection

    init(_ known: ClassSchema, on connection: SQLiteConnection) {
        self.known = known
        self.connection = connection
    }

    /// The number of the label; `nil` where there is no such region.
    func labelID(of local: LocalID) throws(CatalogError) -> LabelID? {
        guard RegionClass(rawValue: known.name) != nil, let property = known["_label_id"] else { return nil }
        let row = try connection.statement(
            "SELECT \(property.column(.integer)) FROM \(known.table) WHERE id = ?")
        defer { row.reset() }
        row.bind(Int64(local), at: 1)
        return try row.step() ? row.optionalInteger(0) : nil
    }

    /// The region; `nil` where there is none.
    func region(_ local: LocalID, schema: CatalogSchema) throws(CatalogError) -> Region? {
        guard let regionClass = RegionClass(rawValue: known.name), let entry = try labelID(of: local) else {
            return nil
        }
        // The log's row of a current label says what the label says, and is found by its number alone.
        let row = try connection.statement("SELECT \(LabelRows.columns) FROM label_log WHERE id = ?")
        row.bind(entry, at: 1)
        let label = try row.step() ? LabelRows.row(in: row) : nil
        row.reset()
        guard let label, case .text(let text)? = label.geometry,
            let geometry = Region.Geometry(try StoredCell.json(text), regionClass),
            let target = schema[UInt32(truncatingIfNeeded: label.targetClass)]
        else {
            throw CatalogError(.corrupt, "\(known.entityID(local)) stands for label \(entry), which is none")
        }
        return Region(
            id: known.entityID(local), image: target.entityID(LocalID(truncatingIfNeeded: label.target)),
            label: entry,
            name: try label.name.flatMap { name throws(CatalogError) in
                try LabelRows.text(name, on: connection)
            },
            geometry: geometry)
    }
}

extension CatalogSnapshot {
    /// Regions of one class, in the order of `ids`. Those that do not exist are left out.
    public func regions(of known: ClassSchema, _ ids: [LocalID]) throws(CatalogError) -> [Region] {
        try check()
        let reader = RegionReader(known, on: connection)
        var regions: [Region] = []
        regions.reserveCapacity(ids.count)
        for (index, local) in ids.enumerated() {
            if index & 0xFF == 0xFF { try check() }
            if let region = try reader.region(local, schema: schema) { regions.append(region) }
        }
        return regions
    }
}
