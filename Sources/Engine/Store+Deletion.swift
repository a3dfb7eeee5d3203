public import Base
import Blobs
import Catalog

extension Store {
    /// Deletes entities: with their labels, details and connections. Tombstones stay, and the bytes until
    /// garbage is collected.
    /// - Returns: `matched`, how many there were; `deleted`, 0 for a dry run; `missing`, the ids that named
    ///   none.
    public func delete(_ request: DeletionRequest) async throws -> Document {
        try checkWritable()
        let (catalog, limit) = (catalog, options.maxVerifiedDocuments)
        return try await readPool.run { cancellation in
            try translating {
                let found = try catalog.read(cancellation) {
                    try $0.selection(request, includingDeleted: false, maxDocuments: limit)
                }
                guard !request.isDryRun, !found.ids.isEmpty else { return found.answer("deleted", 0) }
                let count = try catalog.write {
                    try $0.deleteDescriptors(
                        ofSets: found.ids, in: request.entityClass, by: request.who)
                    return try $0.delete(found.ids, of: request.entityClass, by: request.who)
                }
                return found.answer("deleted", count)
            }
        }
    }

    /// Erases entities for good: as ``delete(_:)``, and with them all that the label log says of them, their
    /// bytes, and whatever was made of these. Tombstones stay, without the hash of the content. Ids may be
    /// those of entities that were deleted before.
    ///
    /// The bytes are overwritten where they lie, and SQLite's log is emptied, which older pages lie in. Then
    /// every pack with anything dead in it is written anew, so that no other copy of them is left: as slow as
    /// the packs are long. These parts are done even where nothing matches, so that a purge that was
    /// interrupted is completed by running it again.
    ///
    /// Waits for backups, verifications and collections that run.
    /// - Returns: `matched`, `purged`, `missing`, and `erased_blobs`.
    public func purge(_ request: DeletionRequest) async throws -> Document {
        try checkWritable()
        return try await collectionGate.alone { try await purgeAlone(request) }
    }

    private func purgeAlone(_ request: DeletionRequest) async throws -> Document {
        let (catalog, blobs, cache, limit) = (catalog, blobs, cache, options.maxVerifiedDocuments)
        let (sets, frameIndexes, readers) = (descriptorSets, frameIndexes, restingReaders)
        let motionTraces = motionTraces
        let (answer, digests) = try await readPool.run { cancellation -> (Document, Set<String>) in
            try translating {
                let found = try catalog.read(cancellation) {
                    try $0.selection(request, includingDeleted: true, maxDocuments: limit)
                }
                guard !request.isDryRun else { return (found.answer("purged", 0), []) }
                let hold = try blobs.holdCollection()
                defer { hold.end() }
                let entries = try catalog.write {
                    try $0.deleteDescriptors(ofSets: found.ids, in: request.entityClass, by: request.who)
                    return try $0.purge(found.ids, of: request.entityClass, by: request.who)
                }
                let digests = Set(entries.map(\.digest.description))
                cache.removeAll(digests: digests)
                readers.closeAll()
                frameIndexes.remove(entries.map(\.digest))
                motionTraces.remove(entries.map(\.digest))
                try catalog.read(cancellation) { snapshot in
                    guard let known = snapshot.schema.entityClass(request.entityClass),
                        WireNames.setName(ofClass: known.name) != nil
                    else { return }
                    try sets.erase(found.ids, of: known, in: snapshot)
                }
                try blobs.erase(try entries.map { try $0.stored() })
                var answer = found.answer("purged", found.ids.count)
                answer["erased_blobs"] = .integer(Int64(entries.count))
                return (answer, digests)
            }
        }
        guard !request.isDryRun else { return answer }
        do {
            try await readPool.run { _ in try translating { try catalog.emptyLog() } }
            let report = try await freeGarbage(minimumDeadFraction: 0)
            if let damage = report["damaged"]?.arrayValue?.first?.stringValue {
                throw EngineError(
                    .corrupt,
                    "a pack could not be written anew, as something else in it is damaged (\(damage)); add that file again, or purge its entity"
                )
            }
        } catch let error as EngineError {
            throw EngineError(
                error.code,
                "\(found(answer)) purged and overwritten, but other copies of the bytes may be left: \(error.message); run it again",
                cause: error)
        }
        // Again: whoever was at work on the pixels meanwhile may have kept what came of it.
        try await readPool.run { _ in cache.removeAll(digests: digests) }
        return answer
    }

    /// Deletes one entity.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone`` where it was deleted before.
    public func delete(_ id: EntityID, class entityClass: String, by who: String) async throws {
        try checkWritable()
        try await read { try $0.checkEntity(id, class: entityClass) }
        let catalog = catalog
        let isDeleted = try await readPool.run { _ in
            try translating {
                try catalog.write {
                    try $0.deleteDescriptors(ofSets: [id.local], in: entityClass, by: who)
                    return try $0.delete(id, by: who)
                }
            }
        }
        guard isDeleted else { throw EngineError(.gone, "\(id) was deleted meanwhile") }
    }

    private func found(_ answer: Document) -> String {
        let count = answer["purged"]?.integerValue ?? 0
        return count == 1 ? "1 entity was" : "\(count) entities were"
    }
}

/// The entities that a deletion is about.
private struct DeletionSelection: Sendable {
    var ids = IdSet()
    var missing: [EntityID] = []

    func answer(_ verb: String, _ count: Int) -> Document {
        [
            "matched": .integer(Int64(ids.count)), verb: .integer(Int64(count)),
            "missing": .array(missing.map { .string($0.description) }),
        ]
    }
}

extension CatalogSnapshot {
    fileprivate func selection(
        _ request: DeletionRequest, includingDeleted: Bool, maxDocuments: Int
    ) throws -> DeletionSelection {
        guard let known = try entityClass(request.entityClass) else {
            guard case .ids(let ids) = request.target else { return DeletionSelection() }
            return DeletionSelection(missing: ids)
        }
        switch request.target {
        case .filter(let filter):
            return DeletionSelection(ids: try ids(known, filter, maxDocuments).ids)
        case .ids(let ids):
            let alive = alive(known)
            var found: [LocalID] = []
            var missing: [EntityID] = []
            for id in ids {
                let isKnown = id.classNumber == known.id && id.generation == known.generation
                if isKnown, try alive.contains(id.local) || (includingDeleted && tombstone(of: id) != nil) {
                    found.append(id.local)
                } else if !missing.contains(id) {
                    missing.append(id)
                }
            }
            return DeletionSelection(ids: IdSet(found), missing: missing)
        }
    }
}
