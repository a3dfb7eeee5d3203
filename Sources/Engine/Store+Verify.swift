import Base
import Blobs
import Catalog
import Synchronization
public import SystemPackage

extension Store {
    /// Checks that the catalog is whole and consistent, and reads every blob and compares it with its
    /// checksums. Damage ends nothing: what can still be read is checked.
    ///
    /// Runs on one commit of the store; what is added meanwhile is not looked at. Waits for a collection or a
    /// purge that runs, and keeps others waiting. Reads everything: as slow as the disk.
    /// - Parameter decodesVideos: whether every frame of every video is decoded, too. Otherwise videos are
    ///   compared as all blobs are: what was damaged before it was added is not found.
    public func verify(decodesVideos: Bool = false) -> AsyncThrowingStream<VerifyEvent, any Error> {
        let (events, continuation) = AsyncThrowingStream.makeStream(of: VerifyEvent.self)
        let (catalog, blobs, sets, gate, readPool) = (
            catalog, blobs, descriptorSets, collectionGate, readPool
        )
        // The stream's life is the task's: whoever stops reading ends it.
        let task = Task {
            do {
                // Collection would take blobs away that this commit still names.
                try await gate.together {
                    try await readPool.run { cancellation in
                        try translating {
                            try StoreVerification(
                                catalog: catalog, blobs: blobs, sets: sets, cancellation: cancellation
                            ) {
                                continuation.yield($0)
                            }.run()
                        }
                    }
                    try await self.verifyVideos(isDecoding: decodesVideos) { continuation.yield($0) }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return events
    }

    /// What is damaged of a store that is too damaged to be opened, as far as that shows without its catalog:
    /// pages of the catalog, and blobs.
    public static func damage(at directory: FilePath) throws -> [VerifyEvent] {
        try translating {
            let layout = StoreLayout(directory)
            var events = try Catalog.damagedPages(in: directory).map {
                VerifyEvent.finding(kind: "catalog", message: $0.description)
            }
            var done = BlobProgress()
            let blobs = try BlobStore(directory: layout.blobs, access: .readOnly)
            try blobs.scan { entry in
                done.count += 1
                switch entry {
                case .intact(let blob): done.bytes += blob.location.length
                case .damaged(_, let error): events.append(.finding(kind: "blob", message: error.message))
                case .unreadable: break
                }
            }
            return events + [.progress(blobs: done.count, bytes: done.bytes)]
        }
    }
}

/// One verification of a store.
private struct StoreVerification {
    let catalog: Catalog
    let blobs: BlobStore
    let sets: DescriptorSets
    let cancellation: Cancellation
    let report: (VerifyEvent) -> Void

    func run() throws {
        let hold = try blobs.holdCollection()
        defer { hold.end() }
        let (entries, isComplete) = try checkCatalog()
        if !isComplete { try checkAllBlobs() }
        var stored: [StoredBlob] = []
        stored.reserveCapacity(entries.count)
        for entry in isComplete ? entries : [] {
            do {
                stored.append(try entry.stored())
            } catch {
                report(.finding(kind: "blob", message: "blob \(entry.digest): \(error)"))
            }
        }
        // In the order in which they lie on disk.
        stored.sort { $0.location.order < $1.location.order }
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

    /// Checks the catalog and returns the blobs that it names, and whether those are all.
    private func checkCatalog() throws -> (entries: [BlobEntry], isComplete: Bool) {
        let pages = try catalog.damagedPages(cancellation)
        for page in pages { report(.finding(kind: "catalog", message: page.description)) }
        var entries: [BlobEntry] = []
        do {
            try catalog.read(cancellation) { snapshot in
                for finding in try snapshot.verify(hasDamagedPages: !pages.isEmpty)
                where pages.isEmpty || finding.kind != .page {
                    report(.finding(kind: "catalog", message: finding.description))
                }
                try snapshot.forEachBlob { entry, isReferenced in if isReferenced { entries.append(entry) } }
                for message in try snapshot.unreadableTexts() {
                    report(.finding(kind: "catalog", message: message))
                }
                for message in try sets.damage(in: snapshot, cancellation) {
                    report(.finding(kind: "vector", message: message))
                }
            }
        } catch let error as CatalogError where error.code == .corrupt {
            if pages.isEmpty { report(.finding(kind: "catalog", message: error.message)) }
            return (entries, false)
        }
        return (entries, true)
    }

    /// Checks every blob that lies in the store, as the catalog cannot say which are needed.
    private func checkAllBlobs() throws {
        try blobs.scan(cancellation: cancellation) { entry in
            if case .damaged(_, let error) = entry { report(.finding(kind: "blob", message: error.message)) }
        }
    }

    private static func kind(of blob: StoredBlob) -> String {
        if case .reference = blob.location { "reference" } else { "blob" }
    }
}
