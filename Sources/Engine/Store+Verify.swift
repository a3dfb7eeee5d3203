import Base
import Blobs
import Catalog
import Synchronization

extension Store {
    /// Checks that the catalog is whole and consistent, and reads every blob and compares it with its
    /// checksums.
    ///
    /// Runs on one commit of the store; what is added meanwhile is not looked at. Reads everything: as slow
    /// as the disk.
    public func verify() -> AsyncThrowingStream<VerifyEvent, any Error> {
        let (events, continuation) = AsyncThrowingStream.makeStream(of: VerifyEvent.self)
        let cancellation = Cancellation()
        continuation.onTermination = { _ in cancellation.cancel() }
        let (catalog, blobs) = (catalog, blobs)
        let refused = readPool.submit {
            do {
                try translating {
                    try StoreVerification(catalog: catalog, blobs: blobs, cancellation: cancellation) {
                        continuation.yield($0)
                    }.run()
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        if let refused { continuation.finish(throwing: refused) }
        return events
    }
}

/// One verification of a store.
private struct StoreVerification {
    let catalog: Catalog
    let blobs: BlobStore
    let cancellation: Cancellation
    let report: (VerifyEvent) -> Void

    func run() throws {
        // Collection would take blobs away that this commit still names.
        let hold = try blobs.holdCollection()
        defer { hold.end() }
        let entries = try catalog.read(cancellation) { snapshot in
            for finding in try snapshot.verify() {
                report(.finding(kind: "catalog", message: finding.description))
            }
            var entries: [BlobEntry] = []
            try snapshot.forEachBlob { entry, isReferenced in if isReferenced { entries.append(entry) } }
            return entries
        }
        var stored: [StoredBlob] = []
        stored.reserveCapacity(entries.count)
        for entry in entries {
            do {
                stored.append(try entry.stored())
            } catch {
                report(.finding(kind: "blob", message: "blob \(entry.digest): \(error)"))
            }
        }
        // In the order in which they lie on disk.
        stored.sort { StoreVerification.place($0) < StoreVerification.place($1) }
        var lastTold = ContinuousClock.now
        var count = 0
        var bytes = 0
        for blob in stored {
            let findings = try blobs.verify(CollectionOfOne(blob), cancellation: cancellation)
            for finding in findings {
                report(.finding(kind: StoreVerification.kind(of: blob), message: finding.description))
            }
            count += 1
            bytes += blob.location.length
            if ContinuousClock.now - lastTold > .milliseconds(200) {
                report(.progress(blobs: count, bytes: bytes))
                lastTold = ContinuousClock.now
            }
        }
        report(.progress(blobs: count, bytes: bytes))
    }

    private static func kind(of blob: StoredBlob) -> String {
        if case .reference = blob.location { "reference" } else { "blob" }
    }

    private static func place(_ blob: StoredBlob) -> (Int, Int) {
        if case .pack(let number, let offset, _) = blob.location { (Int(number), offset) } else { (.max, 0) }
    }
}
