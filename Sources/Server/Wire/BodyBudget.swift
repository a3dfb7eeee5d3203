import Synchronization

/// How much of what clients send and are sent may be in memory at one time, over all listeners that share it.
final class BodyBudget: Sendable {
    let byteCount: Int
    private let taken = Atomic<Int>(0)

    init(byteCount: Int) { self.byteCount = byteCount }

    /// Bytes that are counted now.
    var takenByteCount: Int { taken.load(ordering: .relaxed) }

    /// Whether `count` more bytes fit; they are counted then, until ``release(_:)``.
    func take(_ count: Int) -> Bool {
        guard taken.add(count, ordering: .relaxed).newValue > byteCount else { return true }
        taken.subtract(count, ordering: .relaxed)
        return false
    }

    func release(_ count: Int) { if count > 0 { taken.subtract(count, ordering: .relaxed) } }
}
