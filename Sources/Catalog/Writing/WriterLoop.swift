import Base
@preconcurrency import Dispatch

/// What the writer's thread does: it runs the transactions that wait, each in a savepoint of its own, and
/// commits them together, so that one wait for the disk serves them all.
///
/// `@unchecked Sendable`: after it is made, only the writer's thread touches it.
final class WriterLoop: @unchecked Sendable {
    private let connection: SQLiteConnection
    private let options: CatalogOptions
    private let ring: VersionRing
    private let journal: ChangeJournal
    private let registry: IndexRegistry
    private let files: IndexFiles
    private let observer: CommitObserver
    /// Puts noted values and edges in their places, so that no commit waits for it.
    private let upkeep = DispatchQueue(label: "catalog-upkeep")
    private let caches = WriterCaches()
    /// Versions that have left the ring. What they alone held is freed by ``upkeep``, some at a time.
    private var retired: [CatalogVersion] = []
    private static let retiredLimit = 16
    /// Rows that a commit touches without versions taking much memory each.
    private static let smallCommit = 10_000
    private var state: WriterState

    init(
        connection: SQLiteConnection, state: WriterState, ring: VersionRing, journal: ChangeJournal,
        registry: IndexRegistry, files: IndexFiles, observer: CommitObserver, options: CatalogOptions
    ) {
        self.connection = connection
        self.state = state
        self.ring = ring
        self.journal = journal
        self.registry = registry
        self.files = files
        self.observer = observer
        self.options = options
    }

    /// Does all of `tasks` in order; transactions that follow each other are committed a group at a time.
    func perform(_ tasks: [WriterTask]) {
        var writes: [PendingWrite] = []
        for task in tasks {
            switch task {
            case .transaction(let write): writes.append(write)
            case .maintenance(let work):
                commit(writes)
                writes = []
                work(self)
            }
        }
        commit(writes)
    }

    /// Puts an index, which was built from an earlier commit, into the newest version. One that cannot be
    /// brought up to it is dropped: a later query builds it again.
    func install(_ index: BuiltIndex, _ key: IndexKey, builtAt commit: UInt64) {
        let newest = ring.newest
        guard let window = journal.window(after: commit, upTo: newest.commit) else { return }
        let update = IndexUpdate(window: window, schema: newest.schema, connection: connection)
        // An index that cannot be brought up to date is left out, and built again when asked for.
        guard let current = try? update.apply(to: [key: index])[key] else { return }
        var indexes = newest.indexes
        indexes[key] = current
        ring.replaceIndexes(registry.fit(indexes, adding: current))
    }

    /// Moves all of SQLite's log into the database and empties it.
    /// - Returns: `false` where a reader looks at an older commit still, and did for a tenth of a second.
    func emptyLog() throws(CatalogError) -> Bool {
        try connection.waiting(milliseconds: 100) { () throws(CatalogError) in
            let checkpoint = try connection.statement("PRAGMA wal_checkpoint(TRUNCATE)")
            defer { checkpoint.reset() }
            return try checkpoint.step() && checkpoint.integer(0) == 0
        }
    }

    // MARK: - Private

    private func commit(_ writes: [PendingWrite]) {
        var rest = writes[...]
        while !rest.isEmpty { rest = rest.dropFirst(commitGroup(rest.prefix(options.groupLimit))) }
    }

    /// The transactions of one commit.
    private struct Group {
        var state: WriterState
        var changes = Changes()
        /// Those that succeeded, if the commit does, and how to say so.
        var succeeded: [(write: PendingWrite, tell: @Sendable () -> Void)] = []
        /// What the transactions want done before the commit.
        var duties: [ObjectIdentifier: () throws -> Void] = [:]
    }

    /// SQLite gave up the whole transaction, not just the statement, as it does when the disk is full.
    private struct Lost: Error {
        var cause: any Error
    }

    /// Returns how many transactions were dealt with; the rest is for another commit.
    private func commitGroup(_ writes: ArraySlice<PendingWrite>) -> Int {
        do {
            try connection.statement("BEGIN IMMEDIATE").run()
        } catch {
            for write in writes { write.fail(error) }
            return writes.count
        }
        var group = Group(state: state)
        var count = 0
        do {
            for write in writes {
                count += 1
                try run(write, in: &group)
            }
            try finish(group)
        } catch {
            rollBack()
            caches.forgetTexts()
            for (write, _) in group.succeeded { write.fail((error as? Lost)?.cause ?? error) }
            return count
        }
        let isChanged = !group.changes.isEmpty
        state = group.state
        for (_, tell) in group.succeeded { tell() }
        if isChanged { observer.tell() }
        return count
    }

    private func run(_ write: PendingWrite, in group: inout Group) throws(Lost) {
        if write.isCancelled() { return write.fail(CancelledError()) }
        let transaction = Transaction(
            commit: ring.newest.commit + 1, connection: connection, options: options, version: ring.newest,
            caches: caches, groupChanges: group.changes, state: group.state)
        transaction.isCancelled = write.isCancelled
        do {
            defer { transaction.isOver = true }
            try connection.statement("SAVEPOINT one").run()
            let tell = try write.run(transaction)
            if let failure = transaction.failure { throw failure }
            try connection.statement("RELEASE one").run()
            group.state = transaction.state
            group.changes.append(transaction.allChanges)
            group.succeeded.append((write, tell))
            group.duties.merge(transaction.duties) { _, later in later }
            caches.keep(transaction.freshTexts)
        } catch {
            write.fail(error)
            guard connection.isInTransaction else { throw Lost(cause: error) }
            do {
                try connection.statement("ROLLBACK TO one").run()
                try connection.statement("RELEASE one").run()
            } catch {
                throw Lost(cause: error)
            }
        }
    }

    /// Writes the numbers, makes the version, commits and publishes.
    private func finish(_ group: Group) throws {
        if group.changes.isEmpty { return try connection.statement("ROLLBACK").run() }
        for duty in group.duties.values { try duty() }
        let commit = ring.newest.commit + 1
        try group.state.save(since: state, commit: commit, on: connection)
        let window = ChangeWindow(
            changes: group.changes, firstLocals: state.counters.mapValues(\.nextLocal),
            nextLocals: group.state.counters.mapValues(\.nextLocal))
        let version = try version(commit, of: group, window)
        // Both before SQLite commits: a reader that sees the commit finds its version, and whoever builds an
        // index from an earlier one finds what has changed since.
        journal.append(window, commit: commit)
        retired += ring.enter(version)
        do {
            try connection.statement("COMMIT").run()
        } catch {
            ring.withdraw(version)
            journal.withdraw(commit)
            throw error
        }
        if group.changes.classes.values.contains(where: \.isPurged) { files.removeAll() }
        let due = version.indexes.values.filter { $0.claimsUpkeep() }
        let isSmall = window.rowCount <= WriterLoop.smallCommit
        if due.isEmpty, retired.count < WriterLoop.retiredLimit, isSmall { return }
        // The closure is the last to hold the versions, and goes on that queue's thread.
        upkeep.async { [retired] in
            withExtendedLifetime(retired) { for index in due { index.settle() } }
        }
        retired = []
    }

    private func version(
        _ commit: UInt64, of group: Group, _ window: ChangeWindow
    ) throws(CatalogError) -> CatalogVersion {
        var version = try ring.newest.following(window, group.state, commit: commit, on: connection)
        // Measuring them takes a while: what a few commits add may be over the budget for as long.
        let isSmall = window.rowCount <= WriterLoop.smallCommit
        if commit.isMultiple(of: 256) || !isSmall { version = version.with(registry.fit(version.indexes)) }
        return version
    }

    private func rollBack() {
        guard connection.isInTransaction else { return }
        // Where even this fails, the next BEGIN says so: nothing better can be done here.
        _ = try? connection.statement("ROLLBACK").run()
    }
}
