public import Base
public import Catalog
@preconcurrency import Dispatch
public import Engine
public import Inference
import Synchronization

/// The jobs of a store that this process works on, one after another: higher priorities first, of equal ones
/// the older.
///
/// Jobs are kept in the store: one that was interrupted, however that came, is taken up where it was left. A
/// thread works for as long as there is something to do.
public final class JobQueue: Sendable {
    /// Who takes the lines of a job. Its cancellation says that nobody wants the job any more.
    final class Follower: Sendable {
        let cancellation = Cancellation()
        let emit: @Sendable ([UInt8]) -> Void

        init(emit: @escaping @Sendable ([UInt8]) -> Void) { self.emit = emit }
    }

    struct State {
        var isStopping = false
        var isWorking = false
        /// Whether something may have come since the thread last looked.
        var mayHaveMore = false
        var current: (id: JobID, cancellation: Cancellation)?
        /// Who follows which jobs, and waits for their end.
        var followers: [JobID: Follower] = [:]
        /// Jobs that are being added by who is about to follow them: none is begun meanwhile, so that no
        /// line is lost.
        var arriving = 0
        /// Jobs that could not even be noted as ended, and why: they are left until the next start.
        var abandoned: [JobID: String] = [:]
    }

    let store: Store
    let models: ModelRegistry
    /// Whether jobs are worked on that nobody follows.
    let worksOnAll: Bool
    let state = Mutex(State())
    let isIdle = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - models: where models are found.
    ///   - worksOnAll: whether jobs are worked on that nobody follows, as a server does.
    public init(store: Store, models: ModelRegistry, worksOnAll: Bool) {
        self.store = store
        self.models = models
        self.worksOnAll = worksOnAll
    }

    /// Looks whether there are jobs to work on, as at the start of a server.
    public func start() {
        guard worksOnAll, store.access == .readWrite else { return }
        kick()
    }

    /// Ends what is under way after the pictures that are being looked at, and works on nothing more. What
    /// was not done waits for the next start. Returns once the thread has ended.
    public func stop() async {
        let (isWorking, current, idle) = state.withLock { state in
            state.isStopping = true
            let idle = state.followers.filter { $0.key != state.current?.id }
            for id in idle.keys { state.followers[id] = nil }
            return (state.isWorking, state.current?.cancellation, idle.values.map { $0 })
        }
        current?.cancel()
        await withCheckedContinuation { continuation in
            WorkerThread.start { [isIdle] in
                for follower in idle { follower.emit([]) }
                if isWorking { isIdle.wait() }
                continuation.resume()
            }
        }
    }

    /// A job as it is told: one that is said to run, and that this process does not work on, was interrupted.
    /// Nobody else can work on it, as one process holds a store. What kept its end from being noted is its
    /// `error`.
    public func document(_ job: StoredJob) -> Document {
        var document = job.document
        let (current, reason) = state.withLock { ($0.current?.id, $0.abandoned[job.id]) }
        if job.state == .running, current != job.id { document["state"] = "interrupted" }
        if let reason, job.state.isOpen { document["error"] = .string(reason) }
        return document
    }

    // MARK: - Asking for jobs

    /// Looks whether a job can be done, without adding it.
    /// - Throws: as ``add(_:priority:by:)``.
    public func check(_ request: any JobRequest) async throws {
        let (store, models) = (store, models)
        try await store.readPool.run { _ in
            try store.checkWritable()
            try request.check(store, models)
        }
    }

    /// Adds a job, after looking whether it can be done at all.
    /// - Throws: ``EngineError/Code/invalidRequest``, ``EngineError/Code/notFound`` where there is no such
    ///   class, model or tagger.
    public func add(_ request: any JobRequest, priority: Int, by who: String) async throws -> StoredJob {
        let job = try await create(request, priority: priority, by: who)
        kick()
        return job
    }

    /// Adds a job, works on it, and hands over its lines: `{"job": …}` first and last, a verdict for each
    /// picture once it is durable, and `{"progress": …}` in between. When `write` throws, or the task is
    /// cancelled, the job is cancelled after the group under way; what was committed stays.
    public func run(
        _ request: any JobRequest, priority: Int, by who: String,
        _ write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        try await follow(write) { try await self.create(request, priority: priority, by: who) }
    }

    /// Takes a job up again that was cancelled, has failed, or is done and may have more to do.
    /// - Throws: ``EngineError/Code/notFound``.
    public func resume(_ id: JobID) async throws -> StoredJob {
        let job = try await reopen(id)
        kick()
        return job
    }

    /// The same, handing over its lines as ``run(_:priority:by:_:)`` does.
    public func resume(
        _ id: JobID, _ write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        try await follow(write) { try await self.reopen(id) }
    }

    /// Gives a job up; one that has ended stays as it is.
    /// - Throws: ``EngineError/Code/notFound``.
    public func cancel(_ id: JobID) async throws -> StoredJob {
        let store = store
        let job = try await store.readPool.run { _ in
            try store.updateJob(id) { job in
                guard job.state.isOpen else { return false }
                (job.state, job.ended) = (.cancelled, .now())
                return true
            }
        }
        state.withLock { $0.current?.id == id ? $0.current?.cancellation : nil }?.cancel()
        return job
    }

    // MARK: - Private

    private func create(
        _ request: any JobRequest, priority: Int, by who: String
    ) async throws -> StoredJob {
        let (store, models) = (store, models)
        return try await store.readPool.run { _ in
            try store.checkWritable()
            try request.check(store, models)
            return try store.addJob(
                type(of: request).kind, request.document, priority: priority, by: who)
        }
    }

    private func reopen(_ id: JobID) async throws -> StoredJob {
        let store = store
        state.withLock { $0.abandoned[id] = nil }
        return try await store.readPool.run { _ in
            try store.updateJob(id) { job in
                guard !job.state.isOpen else { return false }
                (job.state, job.ended, job.error) = (.waiting, nil, nil)
                return true
            }
        }
    }

    private func follow(
        _ write: @escaping @Sendable ([UInt8]) async throws -> Void, _ obtain: () async throws -> StoredJob
    ) async throws {
        state.withLock { $0.arriving += 1 }
        let job: StoredJob
        do {
            job = try await obtain()
        } catch {
            state.withLock { $0.arriving -= 1 }
            kick()
            throw error
        }
        let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let isTaken = DispatchSemaphore(value: 0)
        let follower = Follower { lines in
            // Nobody takes them any more where the task was cancelled.
            if case .enqueued = continuation.yield(lines) { isTaken.wait() }
        }
        let isFirst = state.withLock { state in
            state.arriving -= 1
            guard state.followers[job.id] == nil, !state.isStopping else { return false }
            state.followers[job.id] = follower
            return true
        }
        kick()
        guard isFirst else {
            throw EngineError(.conflict, "job \(job.id) is followed by somebody else already")
        }
        defer { continuation.finish() }
        let (store, id) = (store, job.id)
        let isOpen = try await store.readPool.run { _ in try store.job(id).state.isOpen }
        // It may have ended before anybody followed it: then nobody else says so.
        let isOver = state.withLock { state in
            guard !isOpen, state.current?.id != id else { return false }
            state.followers[id] = nil
            return true
        }
        if isOver { continuation.finish() }
        try await withTaskCancellationHandler {
            var refusal: (any Error)?
            do {
                try await write(line(job))
            } catch {
                refusal = error
                giveUp(id, follower)
            }
            for await piece in pieces {
                if piece.isEmpty { continuation.finish() }
                do {
                    if refusal == nil, !piece.isEmpty { try await write(piece) }
                } catch {
                    refusal = error
                    giveUp(id, follower)
                }
                isTaken.signal()
            }
            // One piece may have been left when the task was cancelled.
            isTaken.signal()
            if let refusal { throw refusal }
            try Task.checkCancellation()
            try await write(line(try await store.readPool.run { _ in try store.job(id) }))
        } onCancel: {
            giveUp(id, follower)
        }
    }

    private func giveUp(_ id: JobID, _ follower: Follower) {
        follower.cancellation.cancel()
        state.withLock { $0.current?.id == id ? $0.current?.cancellation : nil }?.cancel()
    }

    private func line(_ job: StoredJob) -> [UInt8] {
        Array((["job": .object(document(job))] as Document).json.utf8) + [0x0A]
    }
}
