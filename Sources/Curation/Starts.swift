import Synchronization

/// Where the batches of a list begin, one after another.
final class Starts: Sendable {
    private let place = Mutex(0)
    private let end: Int

    init(end: Int) { self.end = end }

    /// `nil` behind the last.
    func next() -> Int? {
        place.withLock { place in
            guard place < end else { return nil }
            defer { place += EntityBatches.size }
            return place
        }
    }
}
