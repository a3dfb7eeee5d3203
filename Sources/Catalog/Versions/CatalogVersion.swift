import Base
import Synchronization

/// Everything about one commit that is held in memory. Immutable: each commit makes a new one, which shares
/// with the one before whatever did not change.
final class CatalogVersion: Sendable {
    /// The number of the commit: what `meta` says in the SQLite snapshot that this version belongs to.
    let commit: UInt64
    let schema: CatalogSchema
    /// By the number of the class.
    let classes: [UInt32: ClassVersion]
    /// The memory indexes that are built.
    let indexes: [IndexKey: BuiltIndex]
    /// The last commit that changed users or roles; 0 for none.
    let usersCommit: UInt64
    /// Shared with the versions before and after that have the same label classes.
    let labelHierarchy: SharedLabelHierarchy

    init(
        commit: UInt64, schema: CatalogSchema, classes: [UInt32: ClassVersion],
        indexes: [IndexKey: BuiltIndex] = [:], usersCommit: UInt64 = 0,
        labelHierarchy: SharedLabelHierarchy = SharedLabelHierarchy()
    ) {
        self.commit = commit
        self.schema = schema
        self.classes = classes
        self.indexes = indexes
        self.usersCommit = usersCommit
        self.labelHierarchy = labelHierarchy
    }

    /// The same commit with other indexes.
    func with(_ indexes: [IndexKey: BuiltIndex]) -> CatalogVersion {
        CatalogVersion(
            commit: commit, schema: schema, classes: classes, indexes: indexes, usersCommit: usersCommit,
            labelHierarchy: labelHierarchy)
    }

    /// The version after this one.
    /// - Parameters:
    ///   - window: what was touched in between.
    ///   - state: what the writer knows after it.
    ///   - connection: reads what was written.
    func following(
        _ window: ChangeWindow, _ state: WriterState, commit: UInt64, on connection: SQLiteConnection
    ) throws(CatalogError) -> CatalogVersion {
        var classes = classes
        for (id, counter) in state.counters {
            let known = classes[id]
            let deleted = window.changes.classes[id]?.deleted ?? []
            if let known, known.nextLocal == counter.nextLocal, known.count == counter.count, deleted.isEmpty
            {
                continue
            }
            let before = known?.deleted ?? IdSet()
            classes[id] = ClassVersion(
                nextLocal: counter.nextLocal, count: counter.count,
                deleted: deleted.isEmpty ? before : before.union(IdSet(deleted)))
        }
        let update = IndexUpdate(window: window, schema: state.schema, connection: connection)
        return CatalogVersion(
            commit: commit, schema: state.schema, classes: classes, indexes: try update.apply(to: indexes),
            usersCommit: window.changes.isOfUsers ? commit : usersCommit,
            labelHierarchy: window.changes.isOfLabelClasses ? SharedLabelHierarchy() : labelHierarchy)
    }

    /// Whether an entity was alive, or came after this version.
    func isAliveOrLater(_ local: LocalID, in classID: UInt32) -> Bool {
        guard let known = classes[classID] else { return true }
        return Int64(local) >= known.nextLocal || !known.deleted.contains(local)
    }

    /// The version of a store as it is when it is opened: nothing but what tables say.
    static func load(
        _ state: WriterState, on connection: SQLiteConnection
    ) throws(CatalogError) -> CatalogVersion {
        guard let commit = try StoreFormat.meta("commit_seq", on: connection), commit >= 0 else {
            throw CatalogError(.corrupt, "the store does not say how many commits it has had")
        }
        var deleted: [UInt32: [LocalID]] = [:]
        let scan = try connection.statement("SELECT class, local FROM tombstones ORDER BY class, local")
        defer { scan.reset() }
        while try scan.step() {
            deleted[UInt32(truncatingIfNeeded: scan.integer(0)), default: []].append(
                LocalID(truncatingIfNeeded: scan.integer(1)))
        }
        var classes: [UInt32: ClassVersion] = [:]
        for (id, counter) in state.counters {
            classes[id] = ClassVersion(
                nextLocal: counter.nextLocal, count: counter.count, deleted: IdSet(sorted: deleted[id] ?? []))
        }
        return CatalogVersion(
            commit: UInt64(commit), schema: state.schema, classes: classes,
            usersCommit: UInt64(clamping: try StoreFormat.meta("users_commit", on: connection) ?? 0))
    }
}

/// The members of one class at one commit.
///
/// Local ids are given out without gaps, and a deleted entity leaves a tombstone: the living are all ids
/// given out so far without the tombstones, and no scan is needed to know them.
final class ClassVersion: Sendable {
    /// The local id that the next member will get.
    let nextLocal: Int64
    /// Members that are not deleted.
    let count: Int64
    /// Entities that were deleted. Connections leave no tombstones.
    let deleted: IdSet
    private let living = Mutex<IdSet?>(nil)

    init(nextLocal: Int64, count: Int64, deleted: IdSet) {
        self.nextLocal = nextLocal
        self.count = count
        self.deleted = deleted
    }

    /// The entities that are not deleted. The first call of a version takes microseconds per million.
    var alive: IdSet {
        if let known = living.withLock({ $0 }) { return known }
        // 2^32 members are one more than an upper bound of the range can say; the last id is then never given
        // out.
        let alive = IdSet(0..<LocalID(clamping: nextLocal)).subtracting(deleted)
        living.withLock { $0 = alive }
        return alive
    }
}
