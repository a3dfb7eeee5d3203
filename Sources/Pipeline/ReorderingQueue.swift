@preconcurrency import Dispatch
import Synchronization

/// Results that come in any order and are taken by their number. Bounded by what its user submits at a time.
final class ReorderingQueue<Element: Sendable>: Sendable {
    private let waiting = Mutex<[Int: Element]>([:])
    private let arrived = DispatchSemaphore(value: 0)

    func push(_ element: Element, _ number: Int) {
        waiting.withLock { $0[number] = element }
        arrived.signal()
    }

    /// The element of that number, waiting until it is there. Only one thread may take.
    func pop(_ number: Int) -> Element {
        while true {
            if let element = waiting.withLock({ $0.removeValue(forKey: number) }) { return element }
            arrived.wait()
        }
    }
}
