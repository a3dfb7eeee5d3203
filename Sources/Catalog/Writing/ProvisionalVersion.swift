import Base

/// What a transaction sees: the newest version with all that the transactions before it in the same commit,
/// and the transaction itself, have written so far.
///
/// Nothing of it outlives the transaction. It belongs to the writer's thread, which waits for no index: one
/// that is missing is built from the writer's own connection where that is quick, and asked for otherwise.
final class ProvisionalVersion: IndexSource {
    private(set) var version: CatalogVersion
    private let catalog: Catalog
    private let connection: SQLiteConnection
    /// The last commit before what is provisional.
    private let committed: UInt64

    init(_ version: CatalogVersion, catalog: Catalog, connection: SQLiteConnection) {
        // What comes to nothing must not be taken for what the next commit notes.
        self.version = version.with(version.indexes.mapValues(\.branch))
        self.catalog = catalog
        self.connection = connection
        committed = version.commit
    }

    /// Takes in what was written since the last time.
    func follow(_ changes: Changes, _ state: WriterState, commit: UInt64) throws(CatalogError) {
        let window = ChangeWindow(
            changes: changes, firstLocals: version.classes.mapValues(\.nextLocal),
            nextLocals: state.counters.mapValues(\.nextLocal))
        version = try version.following(window, state, commit: commit, on: connection)
    }

    func index(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex? {
        if let built = built(key) { return built }
        let known = snapshot.schema[key.classID]
        if let known, snapshot.count(of: known) <= catalog.options.immediateBuildLimit {
            return try build(key, for: snapshot)
        }
        catalog.askFor(key)
        return nil
    }

    func requiredIndex(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex? {
        if let built = built(key) { return built }
        catalog.askFor(key)
        return try build(key, for: snapshot)
    }

    /// What is not committed is not followed.
    func rewritten(in classID: UInt32, after first: UInt64, upTo last: UInt64) -> [LocalID]? {
        last <= committed ? catalog.rewritten(in: classID, after: first, upTo: last) : nil
    }

    // MARK: - Private

    private func built(_ key: IndexKey) -> BuiltIndex? {
        guard let built = version.indexes[key] else { return nil }
        catalog.registry.noteUse(of: key)
        return built
    }

    private func build(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex? {
        guard let built = try snapshot.build(key) else { return nil }
        var indexes = version.indexes
        indexes[key] = built
        version = version.with(indexes)
        snapshot.version = version
        return built
    }
}
