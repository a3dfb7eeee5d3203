public import Base
import Blobs
import Catalog

extension Store {
    /// Frees the bytes that no entity stands for, and packs that are mostly dead. Waits for backups,
    /// verifications and purges that run.
    /// - Parameter minimumDeadFraction: From which dead part on a pack is written anew, in `0...1`.
    /// - Returns: `freed_bytes`, `forgotten_blobs`, `moved_blobs`, `dropped_packs`, `postponed_packs` and
    ///   `postponed_bytes` for want of room, and `damaged` with what could not be moved as it cannot be read.
    public func collectGarbage(minimumDeadFraction: Double = 0.25) async throws -> Document {
        try checkWritable()
        return try await collectionGate.alone {
            try await freeGarbage(minimumDeadFraction: minimumDeadFraction)
        }
    }

    /// Collects garbage for who is alone in the gate.
    func freeGarbage(minimumDeadFraction: Double) async throws -> Document {
        let (catalog, blobs, sets, frameIndexes) = (catalog, blobs, descriptorSets, frameIndexes)
        let motionTraces = motionTraces
        // A reader keeps the file of a video that is deleted from giving its room back.
        restingReaders.closeAll()
        return try await readPool.run { cancellation in
            try translating {
                var forgotten = 0
                let report = try blobs.collectGarbage(
                    minimumDeadFraction: minimumDeadFraction, cancellation: cancellation
                ) {
                    // Within the collection: what is put from now on lies in packs that it leaves alone.
                    let dead = try catalog.read(cancellation) { snapshot in
                        var dead: [SHA256Digest] = []
                        try snapshot.forEachBlob { entry, isReferenced in
                            if !isReferenced { dead.append(entry.digest) }
                        }
                        return dead
                    }
                    if !dead.isEmpty { forgotten = try catalog.write { try $0.forget(dead) }.count }
                    return try catalog.read(cancellation) { snapshot in
                        var live = LiveBlobs()
                        var failure: (any Error)?
                        try snapshot.forEachBlob { entry, _ in
                            do { try live.insert(try entry.stored()) } catch { failure = error }
                        }
                        if let failure { throw failure }
                        return live
                    }
                } commit: { moves in
                    let places = moves.map { move in
                        (
                            move.digest,
                            BlobEntry(StoredBlob(digest: move.digest, location: move.from)).place,
                            BlobEntry(StoredBlob(digest: move.digest, location: move.to)).place
                        )
                    }
                    try catalog.write {
                        _ = try $0.relocate(places.map { (digest: $0.0, from: $0.1, to: $0.2) })
                    }
                }
                let freedDerived = try catalog.read(cancellation) { snapshot in
                    try sets.maintain(snapshot, cancellation)
                    return try sets.removeGone(snapshot)
                        + frameIndexes.removeOthers { try snapshot.blob($0) != nil }
                        + motionTraces.removeOthers { try snapshot.blob($0) != nil }
                }
                return [
                    "freed_bytes": .integer(Int64(report.freedBytes + freedDerived)),
                    "forgotten_blobs": .integer(Int64(forgotten)),
                    "moved_blobs": .integer(Int64(report.movedCount)),
                    "dropped_packs": .integer(Int64(report.droppedPacks.count)),
                    "postponed_packs": .integer(Int64(report.postponedPacks.count)),
                    "postponed_bytes": .integer(Int64(report.postponedBytes)),
                    "damaged": .array(report.damaged.map { .string($0.message) }),
                ]
            }
        }
    }
}
