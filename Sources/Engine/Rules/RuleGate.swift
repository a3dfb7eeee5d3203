import Dispatch

/// Lets labels of rules be changed by one at a time: what a removed rule has labelled must not come back, and
/// two that apply the same rule must not undo each other's work.
final class RuleGate: Sendable {
    private let isFree = DispatchSemaphore(value: 1)

    /// Runs `body` once nobody else is in. Blocks.
    func pass<Result>(_ body: () throws -> Result) rethrows -> Result {
        isFree.wait()
        defer { isFree.signal() }
        return try body()
    }
}
