import Synchronization

/// The last few versions, so that a reader whose SQLite snapshot is a moment old finds the version of the
/// same commit.
///
/// The writer enters a version before SQLite commits it: a reader asks for a commit only after SQLite has
/// shown it, and must then find it here.
final class VersionRing: Sendable {
    private let limit: Int
    private let versions: Mutex<[CatalogVersion]>

    init(_ first: CatalogVersion, limit: Int = 16) {
        self.limit = limit
        versions = Mutex([first])
    }

    /// The newest version, which may not be committed yet.
    var newest: CatalogVersion { versions.withLock { $0[$0.count - 1] } }

    /// The version of a commit; `nil` where it has left the ring.
    func version(_ commit: UInt64) -> CatalogVersion? {
        versions.withLock { versions in versions.last { $0.commit == commit } }
    }

    /// Returns the versions that make room for it, for the caller to let go of where it delays nobody.
    @discardableResult
    func enter(_ version: CatalogVersion) -> [CatalogVersion] {
        versions.withLock { versions in
            let excess = max(versions.count - limit + 1, 0)
            let retired = Array(versions.prefix(excess))
            versions.removeFirst(excess)
            versions.append(version)
            return retired
        }
    }

    /// Takes a version out whose commit failed.
    func withdraw(_ version: CatalogVersion) {
        versions.withLock { versions in versions.removeAll { $0 === version } }
    }

    /// Gives the newest version other indexes. To be called by whoever alone makes versions.
    func replaceIndexes(_ indexes: [IndexKey: BuiltIndex]) {
        versions.withLock { versions in
            versions[versions.count - 1] = versions[versions.count - 1].with(indexes)
        }
    }
}
