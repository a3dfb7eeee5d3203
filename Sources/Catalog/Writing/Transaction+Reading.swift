public import Base

extension Transaction {
    /// Runs `body` on what the transaction sees: everything committed, what the transactions before it in
    /// the same commit wrote, and what it has written itself. The snapshot is of use only within `body`, and
    /// nothing may be written meanwhile.
    ///
    /// Costs what was written since the last call; the memory indexes answer as they do outside. Other
    /// writers wait for as long as it takes.
    /// - Throws: whatever `body` throws; `CancelledError`.
    public func read<Result>(
        _ cancellation: Cancellation = Cancellation(), _ body: (CatalogSnapshot) throws -> Result
    ) throws -> Result {
        try begin()
        let provisional = try provisionalVersion()
        let snapshot = CatalogSnapshot(
            indexes: provisional, version: provisional.version, committed: version, connection: connection,
            cancellation: cancellation)
        defer { snapshot.isOver = true }
        do {
            return try body(snapshot)
        } catch let error as CatalogError where error.code == .cancelled {
            throw CancelledError()
        }
    }

    /// How many local ids of a class were given out by what is committed, those of the deleted included.
    public func committedLocals(of known: ClassSchema) -> Int {
        Int(version.classes[known.id]?.nextLocal ?? 0)
    }

    /// Has `duty` done before the commit that this transaction will be part of: what must be durable before
    /// anything can refer to it. Of several with the same key the last is done, once for all transactions of
    /// the commit. When it fails, the commit does.
    public func beforeCommit(_ key: ObjectIdentifier, _ duty: @escaping () throws -> Void) {
        duties[key] = duty
    }

    /// All that the transaction has touched.
    var allChanges: Changes {
        var all = seenChanges
        all.append(changes)
        return all
    }

    // MARK: - Private

    private func provisionalVersion() throws -> ProvisionalVersion {
        guard let catalog else { preconditionFailure("a transaction that belongs to no catalog is read") }
        let known: ProvisionalVersion
        if let provisional {
            known = provisional
            try known.follow(changes, state, commit: commit)
        } else {
            known = ProvisionalVersion(version, catalog: catalog, connection: connection)
            var first = groupChanges
            first.append(changes)
            try known.follow(first, state, commit: commit)
            provisional = known
        }
        seenChanges.append(changes)
        changes = Changes()
        changes.isEmpty = false
        return known
    }
}
