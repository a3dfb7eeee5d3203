public import Base

/// One commit of a store, as ``Catalog/read(_:_:)`` shows it. It is of use only within the body that it was
/// given to, on that body's thread.
public final class CatalogSnapshot {
    let indexes: any IndexSource
    /// Replaced only by ``indexes``, with the same commit and more indexes.
    var version: CatalogVersion
    let connection: SQLiteConnection
    let cancellation: Cancellation
    /// The last version that is committed: this one, unless a transaction reads.
    let committed: CatalogVersion
    /// Set when the body has returned: whoever kept the snapshot may not use it.
    var isOver = false

    init(
        indexes: any IndexSource, version: CatalogVersion, committed: CatalogVersion? = nil,
        connection: SQLiteConnection, cancellation: Cancellation
    ) {
        self.indexes = indexes
        self.version = version
        self.connection = connection
        self.cancellation = cancellation
        self.committed = committed ?? version
    }

    /// The number of the commit.
    public var commit: UInt64 { version.commit }

    /// The classes and properties of this commit.
    public var schema: CatalogSchema { version.schema }

    /// How many members a class has.
    public func count(of known: ClassSchema) -> Int { Int(version.classes[known.id]?.count ?? 0) }

    /// How many local ids of a class were given out by what is committed, those of the deleted included.
    public func committedLocals(of known: ClassSchema) -> Int {
        Int(committed.classes[known.id]?.nextLocal ?? 0)
    }

    /// The entities of a class that are not deleted. Connections leave no tombstones, and are not known in
    /// memory: ``connections(of:)`` reads them.
    public func alive(_ known: ClassSchema) -> IdSet {
        precondition(known.kind == .entity, "'\(known.name)' is a class of connections")
        return version.classes[known.id]?.alive ?? IdSet()
    }

    // MARK: - Entities

    /// Whether an entity or connection exists.
    public func exists(_ id: EntityID) throws(CatalogError) -> Bool {
        try check()
        guard let known = schema.entityClass(of: id) else { return false }
        if known.kind == .entity { return alive(known).contains(id.local) }
        return try ConnectionRows.row(id.local, in: known, on: connection) != nil
    }

    /// One entity with all its properties; `nil` where there is none of that id.
    public func entity(_ id: EntityID) throws(CatalogError) -> EntityRow? {
        guard let known = schema.entityClass(of: id), known.kind == .entity else { return nil }
        return try entities(of: known, [id.local]).first
    }

    /// Entities of one class, in the order of `ids`. Those that do not exist are left out.
    /// - Parameter names: the properties wanted; all where `nil`.
    public func entities(
        of known: ClassSchema, _ ids: [LocalID], properties names: [String]? = nil
    ) throws(CatalogError) -> [EntityRow] {
        var rows: [EntityRow] = []
        rows.reserveCapacity(ids.count)
        try forEachEntity(of: known, ids, properties: names) { rows.append($0) }
        return rows
    }

    /// Calls `body` with entities of one class, in the order of `ids`. Those that do not exist are left out.
    /// - Parameter names: the properties wanted; all where `nil`.
    public func forEachEntity(
        of known: ClassSchema, _ ids: [LocalID], properties names: [String]? = nil,
        _ body: (EntityRow) throws(CatalogError) -> Void
    ) throws(CatalogError) {
        try check()
        let reader = try EntityReader(known, properties: names, on: connection)
        for (index, local) in ids.enumerated() {
            if index & 0xFF == 0xFF { try check() }
            if let row = try reader.row(local) { try body(row) }
        }
    }

    /// The entities of a class that stand for the blob of `digest`, oldest first. A B-tree answers.
    public func entities(of known: ClassSchema, digest: SHA256Digest) throws(CatalogError) -> [LocalID] {
        try check()
        guard known.kind == .entity else { return [] }
        return try EntityRows.locals(of: known, digest: digest, on: connection)
    }

    /// The entity of a class with that key: a memory column answers, or all are looked at while there is
    /// none.
    public func entity(of known: ClassSchema, key: EntityKey) throws -> LocalID? {
        try check()
        if known.kind == .entity { _ = try indexes.index(.keys(classID: known.id), for: self) }
        return try EntityRows.local(of: known, key: key, version, on: connection)
    }

    // MARK: - Connections

    /// The connections of a class that come from an entity, by the entity that they lead to.
    public func connections(of known: ClassSchema, from id: EntityID) throws(CatalogError) -> [Connection] {
        try check()
        guard known.kind == .connection else { return [] }
        return try connections(try ConnectionRows.rows(of: known, from: id, on: connection), of: known)
    }

    /// The connections of a class that lead to an entity, by the entity that they come from: postings answer,
    /// or all are looked at while there are none.
    public func connections(of known: ClassSchema, to id: EntityID) throws -> [Connection] {
        try check()
        guard known.kind == .connection else { return [] }
        for ends in known.ends where ends.target == id.classNumber {
            let key = IndexKey.connections(classID: known.id, ends: ends, keyedBySource: false)
            _ = try indexes.index(key, for: self)
        }
        return try connections(try ConnectionRows.rows(of: known, to: id, version, on: connection), of: known)
    }

    /// The ids of all connections of a class. Looks at all of them.
    public func connections(of known: ClassSchema) throws(CatalogError) -> IdSet {
        try check()
        guard known.kind == .connection else { return IdSet() }
        let scan = try connection.statement("SELECT id FROM \(known.table) NOT INDEXED ORDER BY id")
        defer { scan.reset() }
        var ids: [LocalID] = []
        while try scan.step() { ids.append(LocalID(truncatingIfNeeded: scan.integer(0))) }
        return IdSet(sorted: ids)
    }

    /// One connection; `nil` where there is none of that id.
    public func connection(_ id: EntityID) throws(CatalogError) -> Connection? {
        try check()
        guard let known = schema.entityClass(of: id), known.kind == .connection,
            let row = try ConnectionRows.row(id.local, in: known, on: connection)
        else { return nil }
        return try connections([row], of: known).first
    }

    /// Whether the reader has been given up: what else is done for it may stop.
    public var isCancelled: Bool { cancellation.isCancelled }

    // MARK: - Private

    func check() throws(CatalogError) {
        precondition(!isOver, "a snapshot was used after its body had returned")
        if cancellation.isCancelled { throw CatalogError(.cancelled, "cancelled") }
    }

    func connections(
        _ rows: [ConnectionRow], of known: ClassSchema
    ) throws(CatalogError) -> [Connection] {
        let plan = RowPlan(known, names: nil, leading: [])
        let statement = try connection.statement(plan.sql)
        defer { statement.reset() }
        var found: [Connection] = []
        found.reserveCapacity(rows.count)
        for row in rows {
            guard let source = schema[row.sourceClass], let target = schema[row.targetClass] else { continue }
            statement.reset()
            statement.bind(Int64(row.id), at: 1)
            guard try statement.step() else { continue }
            found.append(
                Connection(
                    id: known.entityID(row.id), source: source.entityID(row.source),
                    target: target.entityID(row.target),
                    properties: try plan.document(at: Int64(row.id), in: statement, connection)))
        }
        return found
    }
}
