import Base
@preconcurrency import Dispatch
public import Engine
import Synchronization

/// Adds files to a store: every core decodes, what is ready is committed in groups and in order, and each
/// file gets its verdict only once it is durable.
///
/// Memory is bounded by the number of files under way, whatever the number of files. Running it again after
/// it was interrupted at any point adds what is missing and changes nothing else.
public struct Ingest: Sendable {
    private let request: IngestRequest
    private let store: Store

    public init(_ request: IngestRequest, into store: Store) {
        self.request = request
        self.store = store
    }

    /// Runs to the end and hands `write` JSON lines: a verdict for each file, and `{"progress": …}` in
    /// between and last. The next group waits until `write` has returned. When `write` throws, or the task is
    /// cancelled, the run ends after the group under way; what was committed stays.
    /// - Throws: What `write` throws; ``EngineError`` where the store can no longer be written to, such as
    ///   for a full disk. A file that cannot be added does not end the run.
    public func run(_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        try store.checkWritable()
        let cancellation = Cancellation()
        let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let isTaken = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        // A thread of its own: it waits for files, for other threads and for the disk all its life.
        let thread = DispatchQueue(label: "fovea-ingest")
        thread.async { [request, store] in
            do {
                try IngestRun(request, store, cancellation) { lines in
                    continuation.yield(lines)
                    isTaken.wait()
                }.run()
            } catch {
                failure.withLock { $0 = error }
            }
            continuation.finish()
        }
        try await withTaskCancellationHandler {
            var refusal: (any Error)?
            for await piece in pieces {
                do {
                    if refusal == nil { try await write(piece) }
                } catch {
                    refusal = error
                    cancellation.cancel()
                }
                isTaken.signal()
            }
            if let error = refusal ?? failure.withLock({ $0 }) { throw error }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
