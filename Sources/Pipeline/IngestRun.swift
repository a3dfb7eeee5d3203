import Base
@preconcurrency import Dispatch
import Engine
import Synchronization

/// One run of an ingest on its own thread: hands files to the store's compute threads, takes results in
/// order, commits them in groups.
final class IngestRun {
    /// Files of a group, at most.
    static let groupCount = 256
    /// Bytes of a group's files, at most, beyond the last one.
    static let groupBytes = 64 << 20
    /// Files that are under way or wait for their group, for each compute thread: so many that nobody waits
    /// while a group is made durable. Of those that wait only what was found is held, not their pixels.
    private static let leeway = 64

    private let request: IngestRequest
    private let store: Store
    private let cancellation: Cancellation
    private let emit: ([UInt8]) -> Void
    private let counts = IngestCounter()
    private let start = ContinuousClock.now
    private var progress = IngestProgress()
    private var group: [PreparedItem] = []
    private var groupBytes = 0
    private var groupStart = ContinuousClock.now
    private var importRun: ImportRun

    init(
        _ request: IngestRequest, _ store: Store, _ cancellation: Cancellation,
        emit: @escaping ([UInt8]) -> Void
    ) {
        self.request = request
        self.store = store
        self.cancellation = cancellation
        self.emit = emit
        importRun = ImportRun(parameters: request.document)
    }

    /// - Throws: ``EngineError`` for properties that no image may be given; and where the store cannot go on,
    ///   after what was ready is committed.
    func run() throws {
        try store.checkGiven(request.properties, labels: [])
        let items = BoundedQueue<IngestItem>(limit: 65_536)
        walk(into: items)
        // The walk must end before this returns, whatever happens: it is set free by the closed queue.
        defer { items.close() }
        let window = store.options.computeThreads * IngestRun.leeway
        let results = ReorderingQueue<PreparedItem>()
        var submitted = 0
        var taken = 0
        var hasMore = true
        while hasMore || taken < submitted {
            while hasMore, submitted - taken < window {
                guard !cancellation.isCancelled, let item = items.pop() else {
                    hasMore = false
                    break
                }
                let number = submitted
                submitted += 1
                submit(item, number, to: results)
            }
            guard taken < submitted else { break }
            try take(results.pop(taken))
            taken += 1
        }
        try commit()
        // A run that was given up has not come to its end.
        if !cancellation.isCancelled { try store.finish(importRun) }
        progress.isCounted = !cancellation.isCancelled
        report()
    }

    // MARK: - Private

    private func walk(into items: BoundedQueue<IngestItem>) {
        let source = IngestSource(request: request, cancellation: cancellation) { [counts] item in
            counts.increment()
            return items.push(item)
        }
        DispatchQueue(label: "fovea-walk").async { [counts] in
            source.walk()
            counts.finish()
            items.close()
        }
    }

    private func submit(_ item: IngestItem, _ number: Int, to results: ReorderingQueue<PreparedItem>) {
        let preparation = ItemPreparation(
            store: store, isReference: request.isReference, cancellation: cancellation)
        let job: @Sendable () -> Void = { results.push(preparation.prepare(item), number) }
        // A pool that is full of others' work must not lose the file: this thread does it then.
        if store.computePool.submit(job) != nil { job() }
    }

    private func take(_ item: PreparedItem) throws {
        if let failure = item.storeFailure {
            try commit()
            report()
            throw failure
        }
        if group.isEmpty { groupStart = ContinuousClock.now }
        group.append(item)
        groupBytes += item.byteCount
        progress.bytesRead += item.byteCount
        if group.count >= IngestRun.groupCount || groupBytes >= IngestRun.groupBytes
            || ContinuousClock.now - groupStart > .milliseconds(500)
        {
            try commit()
            report()
        }
    }

    /// Makes the group durable and tells the verdicts.
    private func commit() throws {
        guard !group.isEmpty else { return }
        let images = group.compactMap(\.image)
        var outcomes = try store.commit(images, run: &importRun)[...]
        var writer = JSONWriter(capacity: group.count * 160)
        for item in group {
            let verdict: IngestVerdict
            if item.image != nil, let outcome = outcomes.popFirst() {
                verdict = IngestVerdict(path: item.path, outcome, decodeError: item.note)
            } else {
                verdict = IngestVerdict(path: item.path, outcome: item.outcome, message: item.note)
            }
            progress.count(verdict.outcome)
            writer.write(verdict.document)
            writer.raw("\n")
        }
        group.removeAll(keepingCapacity: true)
        groupBytes = 0
        emit(writer.take())
    }

    private func report() {
        (progress.found, progress.isCounted) = counts.state
        progress.elapsed = ContinuousClock.now - start
        emit(Array((["progress": .object(progress.document)] as Document).json.utf8) + [0x0A])
    }
}

/// How many files the walk has found.
final class IngestCounter: Sendable {
    private let count = Mutex((found: 0, isFinished: false))

    func increment() { count.withLock { $0.found += 1 } }
    func decrement() { count.withLock { $0.found -= 1 } }
    func finish() { count.withLock { $0.isFinished = true } }
    var state: (found: Int, isFinished: Bool) { count.withLock { $0 } }
}
