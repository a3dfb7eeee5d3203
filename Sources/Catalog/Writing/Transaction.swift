public import Base

/// What a body given to ``Catalog/write(cancellation:_:)`` changes the store through. It is of use only
/// within that body, on the writer's thread.
///
/// A transaction sees what it wrote itself and what the transactions before it in the same commit wrote. When
/// its body throws, all of it is undone, and only it.
public final class Transaction {
    /// The number of the commit that this transaction will be part of.
    public let commit: UInt64
    /// When the transaction began: the time of whatever is not given another.
    public let time: DateTime

    let connection: SQLiteConnection
    let options: CatalogOptions
    /// Columns of the last commit, for look-ups by them.
    let version: CatalogVersion
    let caches: WriterCaches
    /// The state and the changes of the group so far.
    let groupChanges: Changes
    var state: WriterState
    /// What was touched since the transaction was last read.
    var changes = Changes()
    /// What was touched before.
    var seenChanges = Changes()
    /// What the transaction saw when it was last read.
    var provisional: ProvisionalVersion?
    /// Set while the body runs.
    var catalog: Catalog?
    /// What is to be done before the commit.
    var duties: [ObjectIdentifier: () throws -> Void] = [:]
    /// Numbers of texts that this transaction has added.
    var freshTexts: [[UInt8]: Int64] = [:]
    /// Why the transaction can only be undone, even if its body goes on: a call failed halfway.
    var failure: CatalogError?
    /// Whether the caller has given up.
    var isCancelled: () -> Bool = { false }
    /// Set when the body has returned: whoever kept the transaction may not use it.
    var isOver = false

    init(
        commit: UInt64, connection: SQLiteConnection, options: CatalogOptions, version: CatalogVersion,
        caches: WriterCaches, groupChanges: Changes, state: WriterState
    ) {
        self.commit = commit
        time = DateTime.now()
        self.connection = connection
        self.options = options
        self.version = version
        self.caches = caches
        self.groupChanges = groupChanges
        self.state = state
    }

    /// All classes and properties, those that this transaction has made included.
    public var schema: CatalogSchema { state.schema }

    // MARK: - Entities

    /// Adds an entity.
    ///
    /// The class and the properties are made if they are new. A property may have a value of another type
    /// than before: both types stand beside each other.
    /// - Parameters:
    ///   - system: properties of ours, whose names begin with `_`.
    ///   - blob: the bytes that the entity stands for, which must be durable already.
    ///   - key: the entity's 96-bit key, where it comes from another store; a fresh one otherwise. That no
    ///     other
    ///     entity has it is for the caller to see to (``entity(of:key:)``).
    /// - Throws: ``CatalogError/Code/invalidName``, ``CatalogError/Code/invalidValue``,
    ///   ``CatalogError/Code/limitExceeded``, and ``CatalogError/Code/uniqueViolation`` where a property that
    ///   was declared unique has the value already.
    @discardableResult
    public func insert(
        _ className: String, _ properties: Document = Document(), system: Document = Document(),
        blob: BlobEntry? = nil, key: EntityKey? = nil
    ) throws(CatalogError) -> EntityID {
        try begin()
        var known = try entityClass(className)
        var cells = try prepare(properties, in: &known)
        if !system.isEmpty { cells += try prepare(system, in: &known, isOfSystem: true) }
        let local = try nextLocal(of: known)
        var blobID: Int64?
        if let blob { blobID = try self.blobID(of: blob) }
        try checkNumbersAreUnique(cells, in: known, except: nil)

        let statement = try caches.insertion(into: known, cells, on: connection)
        statement.bind(local, at: 1)
        statement.bind((key ?? caches.freshKey(at: time)).bytes, at: 2)
        statement.bind(blobID, at: 3)
        statement.bind(Int64(commit), at: 4)
        _ = PropertyCell.bind(cells, to: statement, from: 5)
        try run(statement, in: known)
        try critical { () throws(CatalogError) in
            count(1, in: known)
            try insertSide(cells, at: local, in: known)
        }
        return known.entityID(LocalID(local))
    }

    /// Sets and removes properties of an entity or of a connection.
    ///
    /// A value given takes the place of any other of that property; removing what is not there does nothing.
    /// - Throws: ``CatalogError/Code/notFound`` where `id` does not exist; otherwise as
    ///   ``insert(_:_:system:blob:key:)``.
    public func update(
        _ id: EntityID, set properties: Document, system: Document = Document(), remove names: [String] = []
    ) throws(CatalogError) {
        try begin()
        var known = try existing(id)
        var cells = try prepare(properties, in: &known)
        if !system.isEmpty { cells += try prepare(system, in: &known, isOfSystem: true) }
        var assignments: [String] = []
        for cell in cells where !cell.isInSideTable {
            assignments.append("\(cell.property.column(cell.stored.type)) = ?")
            if cell.stored.type == .dateTime { assignments.append("\(cell.property.zoneColumn) = ?") }
        }
        let given = Set(properties.members.map { ExactName($0.key) })
        let removed = names.compactMap { name in given.contains(ExactName(name)) ? nil : known[name] }
        var kept: [UInt32: PropertyType] = [:]
        for cell in cells where !cell.isInSideTable { kept[cell.property.id] = cell.stored.type }
        for property in removed + cells.map(\.property) {
            for type in property.inlineTypes.list where type != kept[property.id] {
                assignments.append("\(property.column(type)) = NULL")
                if type == .dateTime { assignments.append("\(property.zoneColumn) = NULL") }
            }
        }
        try checkNumbersAreUnique(cells, in: known, except: id.local)
        if known.kind == .connection, let row = try ConnectionRows.row(id.local, in: known, on: connection) {
            try noteBefore([row], in: known)
        }
        if !assignments.isEmpty {
            let statement = try connection.statement(
                "UPDATE \(known.table) SET \(assignments.joined(separator: ", ")) WHERE id = ?")
            let last = PropertyCell.bind(cells, to: statement, from: 1)
            statement.bind(Int64(id.local), at: last)
            try run(statement, in: known)
        }
        try critical { () throws(CatalogError) in
            for property in removed + cells.map(\.property) where !property.sideTypes.isEmpty {
                try deleteSide(property, at: Int64(id.local), in: known)
            }
            try insertSide(cells, at: Int64(id.local), in: known)
        }
        changes.classes[known.id, default: .init()].updated.append(id.local)
    }

    /// Demands from now on that no two entities of a class have the same value of a property.
    ///
    /// Nulls, arrays and objects are exempt. Numbers are compared as numbers: `1` and `1.0` are the same.
    /// - Throws: ``CatalogError/Code/uniqueViolation`` where two have it already.
    public func declareUnique(_ propertyName: String, of className: String) throws(CatalogError) {
        try declareUnique(propertyName, of: className, isOfSystem: false)
    }

    /// As ``declareUnique(_:of:)``; with `isOfSystem`, of a property of ours.
    func declareUnique(
        _ propertyName: String, of className: String, isOfSystem: Bool
    ) throws(CatalogError) {
        try begin()
        var known = try entityClass(className)
        var property = try self.property(propertyName, in: &known, isOfSystem: isOfSystem)
        if property.isUnique { return }
        guard property.sideTypes.isEmpty else {
            throw CatalogError(
                .limitExceeded,
                "'\(propertyName)' came after the first \(options.inlineColumnLimit) columns of '\(className)'; "
                    + "only those can be unique")
        }
        let scalars: PropertyTypes = [
            .init(.integer), .init(.float), .init(.boolean), .init(.string), .init(.dateTime),
        ]
        for type in property.inlineTypes.intersection(scalars).list {
            do {
                try SchemaStorage.createUniqueIndex(on: property.column(type), in: known, connection)
            } catch  where error.code == .uniqueViolation {
                throw CatalogError(
                    .uniqueViolation, "'\(propertyName)' of '\(className)' has the same value twice already")
            }
        }
        try checkNumbersAreUnique(property, in: known)
        try SchemaStorage.setUnique(property, on: connection)
        property.isUnique = true
        known.update(property)
        state.schema.update(known)
    }
}
