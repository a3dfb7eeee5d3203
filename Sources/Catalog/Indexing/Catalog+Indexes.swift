public import Base
@preconcurrency import Dispatch
import Synchronization

/// Memory indexes: built at first use, kept up at each commit, dropped when memory is short.
extension Catalog {
    /// Builds the columns of a property of an entity class, and waits until they are in place. Nobody needs
    /// to call it: a query that finds no column has it built.
    /// - Throws: ``CatalogError/Code/notFound`` where the class or the property does not exist;
    ///   `CancelledError`.
    public func buildIndex(
        of className: String, property: String, cancellation: Cancellation = Cancellation()
    ) throws {
        let keys = try read(cancellation) { snapshot in
            guard let known = snapshot.schema.entityClass(className), let property = known[property] else {
                throw CatalogError(.notFound, "class '\(className)' has no property '\(property)'")
            }
            return property.types.list.map {
                IndexKey.property(classID: known.id, property: property.id, type: $0)
            }
        }
        for key in keys { try buildIndex(key, cancellation) }
    }

    /// Builds the columns of all properties of all entity classes, and the postings of all connections and
    /// labels, and waits until they are in place.
    public func buildAllIndexes(cancellation: Cancellation = Cancellation()) throws {
        for key in try read(cancellation, { try $0.allIndexKeys() }) { try buildIndex(key, cancellation) }
    }

    /// Writes the memory indexes of the newest commit to files, so that the store opens at full speed as long
    /// as nothing is committed after it. Closing does it too; a process that may be killed does it when it is
    /// idle.
    public func saveIndexes() {
        if access == .readWrite { files.save(ring.newest) }
    }

    /// Bytes that memory columns and postings take at the newest commit.
    public var indexByteCount: ByteCount {
        ByteCount(ring.newest.indexes.values.reduce(0) { $0 + $1.byteCount })
    }

    // MARK: - Building

    func askFor(_ key: IndexKey) {
        if registry.begin(key) { buildInBackground(key) }
    }

    private func buildIndex(_ key: IndexKey, _ cancellation: Cancellation) throws {
        if ring.newest.indexes[key] != nil { return }
        let outcome = AwaitedOutcome<Void>()
        _ = registry.begin(key)
        try build(key, cancellation) { outcome.arrive(.success(())) }
        try outcome.wait()
    }

    fileprivate func buildAtOnce(_ key: IndexKey, _ snapshot: CatalogSnapshot) throws -> BuiltIndex? {
        registry.noteUse(of: key)
        do {
            guard let built = try snapshot.build(key) else {
                registry.end(key)
                return nil
            }
            install(built, key, builtAt: snapshot.commit) {}
            return built
        } catch {
            registry.end(key)
            throw error
        }
    }

    fileprivate func buildInBackground(_ key: IndexKey) {
        registry.noteUse(of: key)
        builder.async { [weak self] in
            guard let self else { return }
            // Whatever goes wrong here goes wrong again, and is told, when a query needs the index.
            try? self.build(key, self.buildCancellation) {}
        }
    }

    /// Builds an index on a snapshot of its own and hands it over; `completion` is called once it is in
    /// place, or was given up for one that is newer.
    private func build(
        _ key: IndexKey, _ cancellation: Cancellation, completion: @escaping @Sendable () -> Void
    ) throws {
        // What is committed from here on is kept until the index has caught up with it. The newest version
        // may not be committed yet, so that the snapshot may see the one before it.
        let newest = ring.newest.commit
        let hold = journal.hold(after: newest > 0 ? newest - 1 : 0)
        do {
            var (built, commit) = try read(cancellation) { (try $0.build(key), $0.commit) }
            if let index = built {
                // Most of what was committed meanwhile is caught up with here, so that the writer need not
                // wait.
                (built, commit) = try read(cancellation) { snapshot in
                    (try follow(index, key, from: commit, to: snapshot), snapshot.commit)
                }
            }
            guard let built else {
                registry.end(key)
                journal.release(hold)
                return completion()
            }
            install(built, key, builtAt: commit) { [journal] in
                journal.release(hold)
                completion()
            }
        } catch {
            registry.end(key)
            journal.release(hold)
            throw error
        }
    }

    private func follow(
        _ index: BuiltIndex, _ key: IndexKey, from commit: UInt64, to snapshot: CatalogSnapshot
    ) throws -> BuiltIndex? {
        guard let window = journal.window(after: commit, upTo: snapshot.commit) else { return nil }
        let update = IndexUpdate(window: window, schema: snapshot.schema, connection: snapshot.connection)
        return try update.apply(to: [key: index])[key]
    }

    /// Puts an index into the newest version: on the writer's thread, between two commits.
    private func install(
        _ index: BuiltIndex, _ key: IndexKey, builtAt commit: UInt64,
        completion: @escaping @Sendable () -> Void
    ) {
        let registry = registry
        guard let writer else {
            // Nothing is ever committed: the newest version is the one that the index was built from.
            installing.withLock { _ in
                var indexes = ring.newest.indexes
                indexes[key] = index
                ring.replaceIndexes(registry.fit(indexes, adding: index))
            }
            registry.end(key)
            return completion()
        }
        do {
            try writer.submit(
                .maintenance { loop in
                    loop.install(index, key, builtAt: commit)
                    registry.end(key)
                    completion()
                })
        } catch {
            // The catalog is being closed, or its queue is full: a later query builds the index again.
            registry.end(key)
            completion()
        }
    }
}

extension Catalog: IndexSource {
    func index(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex? {
        if let built = snapshot.version.indexes[key] {
            registry.noteUse(of: key)
            return built
        }
        guard registry.begin(key) else { return nil }
        let known = snapshot.schema[key.classID]
        guard let known, snapshot.count(of: known) <= options.immediateBuildLimit else {
            buildInBackground(key)
            return nil
        }
        return try buildAtOnce(key, snapshot)
    }

    /// An index for a query that needs one: where there is none, it is built while the query waits.
    func requiredIndex(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex? {
        if let built = snapshot.version.indexes[key] {
            registry.noteUse(of: key)
            return built
        }
        if registry.begin(key) { return try buildAtOnce(key, snapshot) }
        return try snapshot.build(key)
    }

    func rewritten(in classID: UInt32, after first: UInt64, upTo last: UInt64) -> [LocalID]? {
        journal.rewritten(in: classID, after: first, upTo: last)
    }
}

extension CatalogSnapshot {
    /// Builds an index as of this commit.
    func build(_ key: IndexKey) throws -> BuiltIndex? {
        try IndexBuilder(schema: schema, connection: connection, cancellation: cancellation).build(key)
    }

    /// Everything that `buildAllIndexes` builds.
    func allIndexKeys() throws -> [IndexKey] {
        var keys: [IndexKey] = []
        for known in schema.entityClasses {
            for property in known.properties {
                keys += property.types.list.map {
                    .property(classID: known.id, property: property.id, type: $0)
                }
            }
            keys.append(.keys(classID: known.id))
            keys.append(.examined(classID: known.id))
            let kinds = try connection.statement("SELECT DISTINCT kind FROM labels WHERE target_class = ?")
            kinds.bind(Int64(known.id), at: 1)
            defer { kinds.reset() }
            while try kinds.step() {
                if let kind = LabelKind(rawValue: kinds.integer(0)) {
                    keys.append(.labels(classID: known.id, kind: kind))
                }
            }
        }
        for known in schema.connectionClasses {
            for ends in known.ends {
                keys.append(.connections(classID: known.id, ends: ends, keyedBySource: false))
                keys.append(.connections(classID: known.id, ends: ends, keyedBySource: true))
            }
        }
        return keys
    }
}
