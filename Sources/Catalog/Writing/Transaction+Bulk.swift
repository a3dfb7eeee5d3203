public import Base

extension Transaction {
    /// Adds many entities with the same properties.
    /// - Parameter blobs: the bytes that each stands for, or `nil` where none of them has any.
    /// - Returns: their local ids, in the order of the rows.
    /// - Throws: as ``insert(_:_:system:blob:key:)``; nothing of the transaction can be kept then.
    @discardableResult
    public func insert(
        _ className: String, rows: BulkRows, blobs: [BlobEntry?]? = nil
    ) throws(CatalogError) -> Range<Int64> {
        try begin()
        try rows.check(options)
        var known = try entityClass(className)
        guard blobs?.count ?? rows.count == rows.count else {
            throw CatalogError(.invalidValue, "\(blobs?.count ?? 0) blobs are given for \(rows.count) rows")
        }
        let first = try firstLocal(of: rows.count, in: known)
        var blobIDs: [Int64?]?
        if let blobs {
            var ids: [Int64?] = []
            for blob in blobs {
                if let blob { ids.append(try blobID(of: blob)) } else { ids.append(nil) }
            }
            blobIDs = ids
        }
        let names = try columnNames(of: rows, in: &known)
        try insert(
            rows, into: known, known.leadingColumns + names,
            [
                .number { first + Int64($0) }, .bytes { [caches, time] _ in caches.freshKey(at: time).bytes },
                blobIDs.map { ids in .optional { ids[$0] } } ?? .optional { _ in nil },
                .constant(Int64(commit)),
            ])
        count(rows.count, in: known)
        return first..<first + Int64(rows.count)
    }

    /// Adds many connections from entities of one class to entities of another.
    /// - Parameters:
    ///   - sources, targets: local ids, as many as there are rows.
    /// - Throws: ``CatalogError/Code/notFound`` where an entity does not exist; otherwise as
    ///   ``insert(_:_:system:blob:key:)``; nothing of the transaction can be kept then.
    public func connect(
        _ className: String, from sourceClass: String, _ sources: [LocalID], to targetClass: String,
        _ targets: [LocalID], rows: BulkRows
    ) throws(CatalogError) {
        try begin()
        try rows.check(options)
        guard sources.count == rows.count, targets.count == rows.count else {
            throw CatalogError(
                .invalidValue,
                "\(sources.count) sources and \(targets.count) targets are given for \(rows.count) rows")
        }
        guard let source = state.schema.entityClass(sourceClass) else {
            throw CatalogError(.notFound, "there is no entity class '\(sourceClass)'")
        }
        guard let target = state.schema.entityClass(targetClass) else {
            throw CatalogError(.notFound, "there is no entity class '\(targetClass)'")
        }
        try checkAlive(sources, in: source)
        try checkAlive(targets, in: target)
        var known = try connectionClass(className)
        try add(ConnectionEnds(source: source.id, target: target.id), to: &known)
        let first = try firstLocal(of: rows.count, in: known)
        let names = try columnNames(of: rows, in: &known)
        try insert(
            rows, into: known, known.leadingColumns + names,
            [
                .number { first + Int64($0) }, .constant(Int64(source.id)), .number { Int64(sources[$0]) },
                .constant(Int64(target.id)), .number { Int64(targets[$0]) },
            ])
        count(rows.count, in: known)
    }

    // MARK: - Private

    private func firstLocal(of count: Int, in known: ClassSchema) throws(CatalogError) -> Int64 {
        let first = try nextLocal(of: known)
        guard first + Int64(count) <= Int64(LocalID.max) + 1 else {
            throw CatalogError(.limitExceeded, "class '\(known.name)' has no room for \(count) more members")
        }
        return first
    }

    /// The SQL columns of the properties, made where they are new.
    private func columnNames(of rows: BulkRows, in known: inout ClassSchema) throws(CatalogError) -> [String]
    {
        var names: [String] = []
        for column in rows.columns {
            var property = try self.property(column.name, in: &known)
            if !property.types.contains(column.values.type) {
                property = try addType(column.values.type, to: property, in: &known)
            }
            guard property.inlineTypes.contains(column.values.type) else {
                throw CatalogError(
                    .limitExceeded,
                    "'\(column.name)' came after the first \(options.inlineColumnLimit) columns of "
                        + "'\(known.name)': add its values one by one")
            }
            names.append(property.column(column.values.type))
            if column.values.type == .dateTime { names.append(property.zoneColumn) }
        }
        return names
    }

    private func insert(
        _ rows: BulkRows, into known: ClassSchema, _ names: [String], _ leading: [BulkInsertion.Leading]
    ) throws(CatalogError) {
        let insertion = BulkInsertion(
            table: known.table, names: names, leading: leading, columns: rows.columns, connection: connection)
        try critical { () throws(CatalogError) in
            do throws(CatalogError) {
                try insertion.run(count: rows.count)
            } catch  where error.code == .uniqueViolation {
                throw CatalogError(
                    .uniqueViolation, "a unique property of '\(known.name)' has the same value twice",
                    cause: error)
            }
            for column in rows.columns {
                guard let property = known[column.name], property.isUnique else { continue }
                try checkNumbersAreUnique(property, in: known)
            }
        }
    }

    func checkAlive(_ locals: [LocalID], in known: ClassSchema) throws(CatalogError) {
        let next = state.counters[known.id]?.nextLocal ?? 0
        let nothingDeleted = state.counters[known.id].map { $0.count == $0.nextLocal } ?? true
        let missing = locals.first { local in
            nothingDeleted ? Int64(local) >= next : !isAlive(local, in: known.id)
        }
        if let missing {
            throw CatalogError(.notFound, "there is no entity \(known.entityID(missing))")
        }
    }
}
