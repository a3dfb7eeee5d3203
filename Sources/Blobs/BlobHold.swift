import Synchronization

/// Keeps garbage collection away from something until ``end()`` is called, or the hold is let go of.
///
/// Write `defer { hold.end() }`: without a later use the compiler may let go of the hold at once.
public final class BlobHold: Sendable {
    private let release: Mutex<(@Sendable () -> Void)?>

    init(_ release: @escaping @Sendable () -> Void) {
        self.release = Mutex(release)
    }

    deinit { end() }

    /// Ends the hold; again is allowed and does nothing.
    public func end() {
        let action = release.withLock { release in
            let action = release
            release = nil
            return action
        }
        action?()
    }
}

extension BlobStore {
    /// Protects what is put from now on from garbage collection, until the hold ends: take it before the
    /// first put, end it after the commit that makes the blobs live.
    ///
    /// - Throws: `readOnly`.
    public func holdPuts() throws(BlobError) -> BlobHold {
        let writer = try openWriter()
        let hold = writer.state.withLock { $0.protection.beginHold() }
        return BlobHold { writer.state.withLock { $0.protection.endHold(hold) } }
    }

    /// Keeps garbage collection from starting until the hold ends: for backups, from before the catalog is
    /// copied until the blobs are. A store opened for reading collects nothing, so there the hold has no
    /// effect.
    ///
    /// - Throws: `busy` while a collection runs.
    public func holdCollection() throws(BlobError) -> BlobHold {
        guard access == .readWrite else { return BlobHold {} }
        let writer = try openWriter()
        try writer.state.withLock { state throws(BlobError) in try state.protection.suspendCollection() }
        return BlobHold { writer.state.withLock { $0.protection.resumeCollection() } }
    }
}
