import Base
@preconcurrency import Dispatch
public import Engine
import Fetching
import Media
import Synchronization
import SystemPackage

/// Makes images of the URLs of lists: many hosts are asked at a time, each politely; what is ready is
/// committed in groups, each image together with what became of its URL.
///
/// Memory is bounded, whatever the lists' length. Running it again after it was interrupted at any point
/// fetches what is missing and changes nothing else. See `docs/collecting.md`.
public struct Collect: Sendable {
    private let request: CollectRequest
    private let store: Store

    public init(_ request: CollectRequest, into store: Store) {
        self.request = request
        self.store = store
    }

    /// Runs to the end and hands `write` JSON lines: a verdict for each URL, and `{"progress": …}` in between
    /// and last. When `write` throws, or the task is cancelled, the run ends after the group under way; what
    /// was committed stays.
    /// - Throws: What `write` throws; ``EngineError`` where the store can no longer be written to, such as
    ///   for a full disk, and for a file of certificates that cannot be read. A URL that cannot be had does
    ///   not end the run.
    public func run(_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        try store.checkWritable()
        try store.checkGiven(request.properties, labels: [])
        let fetcher = try makeFetcher()
        defer { fetcher.close() }
        let schedule = CollectSchedule(
            connections: request.connections, perHost: request.connectionsPerHost, delay: request.delay
        ) { fetcher.nextTurn(of: $0) }
        let results = CollectResults()
        let counts = IngestCounter()
        let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let isTaken = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        let reading = CollectReading(
            request: request, store: store, schedule: schedule, results: results, counts: counts)
        // Threads of their own: one waits for files and for space, one for results and for the disk.
        WorkerThread.start {
            do {
                try reading.run()
                counts.finish()
                schedule.complete()
            } catch {
                results.push(.storeFailure(error as? EngineError ?? EngineError(.failed, "\(error)")))
            }
        }
        let isCommitted = Bell()
        WorkerThread.start { [request, store] in
            do {
                try CollectRun(request, store, schedule, results, counts) { lines in
                    // Nobody takes them any more where the task was cancelled.
                    if case .enqueued = continuation.yield(lines) { isTaken.wait() }
                }.run()
            } catch {
                failure.withLock { $0 = error }
            }
            continuation.finish()
            isCommitted.ring()
        }
        let fetching = CollectFetching(request, store, schedule, results, fetcher)
        async let fetched: Void = fetching.run()
        var refusal: (any Error)?
        for await piece in pieces {
            do {
                if refusal == nil { try await write(piece) }
            } catch {
                refusal = error
                schedule.cancel()
            }
            isTaken.signal()
        }
        // One piece may have been left when the task was cancelled.
        isTaken.signal()
        await fetched
        await isCommitted.heard()
        if let error = refusal ?? failure.withLock({ $0 }) { throw error }
        try Task.checkCancellation()
    }

    // MARK: - Private

    private func makeFetcher() throws -> Fetcher {
        var options = FetchOptions(userAgent: request.userAgent)
        options.delay = request.delay
        options.keepsToRobots = request.keepsToRobots
        options.keepsToOptOuts = request.keepsToOptOuts
        options.silence = min(options.silence, request.timeout)
        options.total = request.timeout
        options.maxBytes = min(request.maxBytes, store.options.maxFileBytes.bytes)
        options.idleConnections = max(options.idleConnections, request.connections)
        options.trustedCertificates = request.trustedCertificates?.string
        do {
            return try Fetcher(
                options, policy: request.allowsPrivateAddresses ? .everything : .globallyRoutable)
        } catch {
            throw EngineError(
                .invalidRequest,
                "the certificates of '\(request.trustedCertificates?.string ?? "the system")' cannot be read: \(error)"
            )
        }
    }
}
