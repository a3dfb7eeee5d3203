public import Base
import Columns

/// Reading the same properties of many members.
extension CatalogSnapshot {
    /// Fewer rows are read from SQL: to look up columns, and to put in place what is only noted beside them,
    /// costs more.
    private static let fewRows = 64
    /// So many rows are worth a column for the next time.
    private static let manyRows = 512

    /// The values of `properties` of members of a class, in the order of `ids`.
    ///
    /// They come from memory columns where there are such, at some 10 ns a value, and from the members' rows
    /// otherwise, at a microsecond a row. A column that is missing is built at once where a quarter of the
    /// class is asked for, which costs less than its rows, and has itself built for the next time where many
    /// are. Arrays and objects always come from rows; so do date-times, whose zone no column has.
    /// - Parameter keepsZones: whether date-times are to have the zones that they were given in.
    public func table(
        of known: ClassSchema, _ ids: [LocalID], properties: [PropertySchema], keepsZones: Bool = true
    ) throws -> PropertyTable {
        try check()
        var ids = ids
        if known.kind == .entity {
            let alive = alive(known)
            ids = ids.filter(alive.contains)
        }
        let isMany = ids.count >= CatalogSnapshot.fewRows
        var sources: [PropertyCells.Source?] =
            isMany
            ? try gather(known, properties, ids, keepsZones: keepsZones)
            : Array(repeating: nil, count: properties.count)
        if known.kind == .connection, !sources.contains(where: { $0 == nil }) {
            let kept = try existing(known, ids, sources)
            if kept.count < ids.count {
                return try table(of: known, kept, properties: properties, keepsZones: keepsZones)
            }
        }
        let missing = properties.indices.filter { sources[$0] == nil }
        if !missing.isEmpty {
            let (kept, values) = try readRows(known, ids, missing.map { properties[$0] })
            if kept.count < ids.count, missing.count < properties.count {
                return try table(of: known, kept, properties: properties, keepsZones: keepsZones)
            }
            ids = kept
            for (place, values) in zip(missing, values) { sources[place] = .read(values) }
        }
        return PropertyTable(
            ids: ids,
            columns: zip(properties, sources).map {
                PropertyCells(property: $0, source: $1 ?? .read(Array(repeating: nil, count: ids.count)))
            })
    }

    // MARK: - Private

    /// Where the values of a property are.
    private struct Places {
        var columns: [Column] = []
        var nulls: [UInt64]?
    }

    /// So many values are worth another core.
    private static let valuesShared = 16_384

    /// Each property's values from columns; `nil` where they do not have all of them exactly, or are not
    /// there.
    private func gather(
        _ known: ClassSchema, _ properties: [PropertySchema], _ ids: [LocalID], keepsZones: Bool
    ) throws -> [PropertyCells.Source?] {
        let places = try properties.map { try self.places(known, $0, ids, keepsZones: keepsZones) }
        let columns = places.flatMap { $0?.columns ?? [] }
        var gathered =
            (columns.count * ids.count < CatalogSnapshot.valuesShared
            ? columns.map { $0.gather(ids) }
            : ForkJoin.map(columns.count) { columns[$0].gather(ids) })[...]
        return places.map { places in
            guard let places else { return nil }
            let own = gathered.prefix(places.columns.count)
            gathered = gathered.dropFirst(places.columns.count)
            return .gathered(own.filter { $0.presentCount > 0 }, nulls: places.nulls)
        }
    }

    private func places(
        _ known: ClassSchema, _ property: PropertySchema, _ ids: [LocalID], keepsZones: Bool
    ) throws -> Places? {
        if keepsZones, property.types.contains(.dateTime) { return nil }
        var places = Places()
        for type in property.types.list {
            try check()
            let key = IndexKey.property(classID: known.id, property: property.id, type: type)
            switch try index(key, of: known, rowCount: ids.count) {
            case .column(let column)?: places.columns.append(column.column)
            case .rows(let rows)?:
                let bits = CatalogSnapshot.bits(of: ids, in: rows)
                guard let bits else { continue }
                guard type == .null else { return nil }
                places.nulls = bits
            default: return nil
            }
        }
        return places
    }

    private func index(_ key: IndexKey, of known: ClassSchema, rowCount: Int) throws -> BuiltIndex? {
        do {
            if version.indexes[key] != nil { return try indexes.index(key, for: self) }
            if rowCount >= max(count(of: known) / 4, 1) { return try indexes.requiredIndex(key, for: self) }
            return rowCount >= CatalogSnapshot.manyRows ? try indexes.index(key, for: self) : nil
        } catch is ColumnsError {
            // More than a column takes; rows have it all the same.
            return nil
        }
    }

    /// Which of `ids` are in `rows`, a bit each; `nil` where none is.
    private static func bits(of ids: [LocalID], in rows: RowSet) -> [UInt64]? {
        guard rows.count > 0 else { return nil }
        var bits: [UInt64]?
        for (place, id) in ids.enumerated() where rows.contains(id) {
            if bits == nil { bits = Array(repeating: 0, count: (ids.count + 63) / 64) }
            bits?[place >> 6] |= 1 << UInt64(place & 63)
        }
        return bits
    }

    /// Those of `ids` that are there: whoever has a value is, the others are looked up.
    private func existing(
        _ known: ClassSchema, _ ids: [LocalID], _ sources: [PropertyCells.Source?]
    ) throws -> [LocalID] {
        var found = [UInt64](repeating: 0, count: (ids.count + 63) / 64)
        for case .gathered(let columns, let nulls)? in sources {
            for presence in columns.map(\.presence) + [nulls ?? []] {
                for (word, bits) in presence.enumerated() { found[word] |= bits }
            }
        }
        var kept: [LocalID] = []
        kept.reserveCapacity(ids.count)
        for (place, id) in ids.enumerated() {
            if found[place >> 6] & 1 << UInt64(place & 63) != 0 {
                kept.append(id)
            } else if try ConnectionRows.row(id, in: known, on: connection) != nil {
                kept.append(id)
            }
        }
        return kept
    }

    /// The members that are there, and the values of `properties` of each, property by property.
    private func readRows(
        _ known: ClassSchema, _ ids: [LocalID], _ properties: [PropertySchema]
    ) throws -> (ids: [LocalID], values: [[Value?]]) {
        // The plan reads them in the order of the schema.
        let plan = RowPlan(known, names: properties.map(\.name), leading: [])
        let statement = try connection.statement(plan.sql)
        defer { statement.reset() }
        var kept: [LocalID] = []
        kept.reserveCapacity(ids.count)
        var values: [[Value?]] = Array(repeating: [], count: plan.properties.count)
        for place in values.indices { values[place].reserveCapacity(ids.count) }
        for (index, id) in ids.enumerated() {
            if index & 0xFF == 0xFF { try check() }
            statement.reset()
            statement.bind(Int64(id), at: 1)
            guard try statement.step() else { continue }
            kept.append(id)
            let row = try plan.values(at: Int64(id), in: statement, connection)
            for (place, value) in row.enumerated() { values[place].append(value) }
        }
        let places = Dictionary(uniqueKeysWithValues: plan.properties.enumerated().map { ($1.id, $0) })
        return (kept, properties.map { places[$0.id].map { values[$0] } ?? [] })
    }
}
