import Base
import Engine
import NIOCore
import NIOHTTP1
import Synchronization

/// Where derived pixels that were asked for before are found again without asking the catalog.
///
/// What a target named is remembered together with the commit at which it did. As long as nothing was
/// committed since, it still does; afterwards the target is looked up anew.
final class PixelShortcuts: Sendable {
    private struct Place {
        var commit: UInt64
        var key: DerivedPixelsKey
        var headers: HTTPHeaders
    }

    /// Bytes of targets, and of what is remembered of them.
    private let places: Mutex<RecencyList<String, Place>>

    init(budget: ByteCount = .mebibytes(8)) {
        places = Mutex(RecencyList(budget: budget.bytes))
    }

    /// Remembers that `target` named `key` at `commit`, and the head of its answer.
    func note(_ target: RequestTarget, commit: UInt64, key: DerivedPixelsKey, headers: HTTPHeaders) {
        let name = PixelShortcuts.name(of: target)
        let cost = 2 * name.utf8.count + 512
        places.withLock { places in
            _ = places.insert(Place(commit: commit, key: key, headers: headers), for: name, cost: cost)
        }
    }

    /// The key that `target` names, and the head of its answer.
    func find(_ target: RequestTarget, in store: Store) -> (key: DerivedPixelsKey, headers: HTTPHeaders)? {
        guard let commit = store.latestCommit else { return nil }
        let name = PixelShortcuts.name(of: target)
        guard let place = places.withLock({ $0.use(name) }), place.commit == commit else { return nil }
        return (place.key, place.headers)
    }

    private static func name(of target: RequestTarget) -> String {
        target.query.map { "\(target.path)?\($0)" } ?? target.path
    }
}
