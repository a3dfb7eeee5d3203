import Base
import Media
import Synchronization

/// Frames of a video that are decoded by their numbers, in order. Those that cannot be had do not end it.
///
/// What goes wrong with one frame, such as bytes that cannot be read, goes wrong with those that are
/// predicted from it: it goes on at the next keyframe. Where many in a row come to nothing, it is over.
final class FrameWalk: Sendable {
    private struct State {
        /// The first of its kind, and the frame that it was of.
        var failure: (error: EngineError, frame: Int)?
        var failedCount = 0
        var failedInARow = 0
        /// Frames before this one are not tried.
        var resumption = 0
        var isOver = false
    }

    private static let mostInARow = 1_000

    private let store: Store
    private let stored: StoredBytes
    private let index: FrameIndex
    private let state = Mutex(State())

    init(_ store: Store, _ stored: StoredBytes, _ index: FrameIndex) {
        self.store = store
        self.stored = stored
        self.index = index
    }

    /// Whether frames are no longer tried.
    var isOver: Bool { state.withLock(\.isOver) }

    /// Decodes frames, those behind the ones of the call before. Blocks and computes.
    /// - Parameter body: told each number, and the reader that is at it, or `nil` where the frame cannot be
    ///   had; what it throws with a reader is that frame's failure. None is told once it ``isOver``.
    /// - Throws: ``EngineError/Code/cancelled``.
    func decode(
        _ numbers: ArraySlice<Int>, _ cancellation: Cancellation,
        _ body: (_ number: Int, VideoReader?) throws -> Void
    ) throws {
        var rest = numbers
        while let first = rest.first, !isOver {
            let isPassedOver = state.withLock { state in
                guard first < state.resumption else { return false }
                state.failedCount += 1
                return true
            }
            if isPassedOver {
                try body(first, nil)
                rest.removeFirst()
                continue
            }
            var isOpen = false
            do {
                try store.withReader(of: stored, near: first, cancellation) { reader in
                    isOpen = true
                    while let number = rest.first {
                        try cancellation.check()
                        let hasCome = try reader.frameUnlessDamaged(number) != nil
                        try body(number, hasCome ? reader : nil)
                        rest.removeFirst()
                        if hasCome { state.withLock { $0.failedInARow = 0 } }
                    }
                }
            } catch let error as EngineError where error.code != .cancelled {
                let failed = rest.removeFirst()
                note(error, of: failed, isOver: !isOpen)
                if isOpen { try body(failed, nil) }
            }
        }
    }

    /// - Throws: What went wrong with a frame, if anything did, naming it.
    func check() throws {
        let (failure, count, isOver) = state.withLock { ($0.failure, $0.failedCount, $0.isOver) }
        guard let (first, frame) = failure else { return }
        var error = first
        let others = count == 2 ? " (and one other)" : count > 2 ? " (and \(count - 1) others)" : ""
        error.message = "frame \(frame)\(others): \(error.message)" + (isOver ? "; no more were tried" : "")
        throw error
    }

    private func note(_ error: EngineError, of frame: Int, isOver: Bool) {
        let next = index.keyframe(after: frame)?.frame ?? index.count
        state.withLock { state in
            if state.failure == nil { state.failure = (error, frame) }
            state.failedCount += 1
            state.failedInARow += 1
            state.resumption = next
            state.isOver = isOver || state.failedInARow >= FrameWalk.mostInARow
        }
    }
}
