import Base
import Blobs
import Catalog
import Engine
import Inference
import Media

/// Takes videos through a cascade: several at a time within a budget of processors and memory, and each
/// committed as a whole with what became of it. Runs on a thread of its own, on which it writes.
final class CascadeJob {
    /// How often it tells how far it has come.
    private static let pace = Duration.milliseconds(500)

    private let request: CascadeJobRequest
    private let job: StoredJob
    private let store: Store
    private let models: ModelRegistry
    private let cancellation: Cancellation
    private let emit: ([UInt8]) -> Void
    private let start = ContinuousClock.now
    private var progress: CascadeProgress

    init(
        _ request: CascadeJobRequest, _ job: StoredJob, _ store: Store, _ models: ModelRegistry,
        _ cancellation: Cancellation, _ emit: @escaping ([UInt8]) -> Void
    ) {
        self.request = request
        self.job = job
        self.store = store
        self.models = models
        self.cancellation = cancellation
        self.emit = emit
        progress = CascadeProgress(job.counts)
    }

    /// The models of a cascade, by name.
    /// - Throws: ``EngineError`` for one that is not there, is of another version, or finds nothing.
    static func descriptions(
        of cascade: Cascade, _ models: ModelRegistry
    ) throws -> [String: ModelDescription] {
        var found: [String: ModelDescription] = [:]
        for model in cascade.stages.flatMap(\.models) where model.name != Cascade.motion {
            let description = try LabelJob.reporting { () throws(InferenceError) in
                try models.entry(model.name).description
            }
            if let version = model.version, !version.hasSameBytes(as: description.version) {
                throw EngineError(
                    .notFound,
                    "the model \(model.name) is there in version \(description.version), not \(version)",
                    path: "cascade")
            }
            guard [.detection, .classification, .unsafeScore].contains(description.task) else {
                throw EngineError(
                    .invalidRequest,
                    "the model \(model.name) gives no confidences: it cannot be a stage of a cascade",
                    path: "cascade")
            }
            found[model.name] = description
        }
        return found
    }

    /// Goes through what is left, or until it is cancelled: then what was committed stays, and videos under
    /// way are gone on with the next time.
    /// - Throws: ``EngineError`` where the store cannot go on. A video that cannot be gone through ends
    ///   nothing.
    func run() throws {
        // What a reverted run said is gone: all of it is said again, within a new one.
        let isReverted = try job.run.map { try store.isReverted(run: $0) } ?? false
        let run = isReverted ? nil : job.run
        if isReverted { progress = CascadeProgress(Document()) }
        let descriptions = try CascadeJob.descriptions(of: request.cascade, models)
        let source = CascadeJob.source(request.cascade, descriptions)
        var loaded: [String: Model] = [:]
        for name in descriptions.keys.sorted() {
            loaded[name] = try LabelJob.reporting { () throws(InferenceError) in
                try models.load(name, options: ModelOptions(requestCount: 0))
            }
        }
        var targets = try store.labelTargets(
            LabelTargets(
                [source], class: Store.videoClass, filter: request.filter, again: request.again,
                retriesFailed: request.retriesFailed, run: run)
        ).ids
        if request.limit > 0 { targets = Array(targets.prefix(max(0, request.limit - progress.done))) }
        progress.total = progress.done + targets.count
        let folder = store.folder(ofJob: job.id)
        let work = CascadeWork(
            store: store, cascade: request.cascade, models: loaded, source: source, folder: folder)
        var commit = StatementCommit(
            kind: "model", source: source, parameters: job.request, replaces: true, run: run, job: job.id)
        let isWhole = try go(through: targets, work, &commit)
        if isWhole {
            if let run = commit.run { try store.finish(run: run) }
            CascadeJournal.remove(folder)
        }
        try LabelJob.settleRules(of: store, emit)
        progress.elapsed = ContinuousClock.now - start
        let counts = progress.counts
        // What a run without a video to go through has not noted.
        try store.updateJob(job.id) { job in
            job.counts = counts
            return true
        }
    }

    /// What the labels of a cascade name as their source: another version with each change of it or a model.
    static func source(_ cascade: Cascade, _ models: [String: ModelDescription]) -> String {
        let sources = models.values.map(\.sourceText).sorted()
        let text = cascade.document.json + sources.joined(separator: " ")
        let digest = SHA256Digest(hashing: Array(text.utf8)).description.prefix(8)
        return "cascade:\(cascade.name.isEmpty ? "cascade" : cascade.name)@\(digest)"
    }

    // MARK: - Private

    /// - Returns: whether all were gone through.
    private func go(
        through targets: [EntityID], _ work: CascadeWork, _ commit: inout StatementCommit
    ) throws -> Bool {
        let cores = request.cores > 0 ? request.cores : store.options.computeThreads
        // Threads of their own: whoever looks at pixels meanwhile must not wait behind a model.
        let pool = BlockingPool(label: "fovea-cascade", threadCount: cores)
        let mailbox = CascadeMailbox()
        let stop = Cancellation()
        var waiting = targets[...]
        var running: [EntityID: Int] = [:]
        // Whatever ends this, no thread is left behind.
        defer {
            stop.cancel()
            while !running.isEmpty {
                for (id, _) in mailbox.take(within: CascadeJob.pace) { running[id] = nil }
            }
        }
        report(running, mailbox)
        while true {
            if cancellation.isCancelled { stop.cancel() }
            while let next = waiting.first, !stop.isCancelled {
                let bytes = try store.footageByteCount(of: next)
                let taken = running.values.reduce(0, +)
                guard running.isEmpty || running.count < cores && taken + bytes <= request.memory.bytes else {
                    break
                }
                waiting.removeFirst()
                running[next] = bytes
                let task: @Sendable () -> Void = {
                    let outcome = work.go(through: next, stop) { mailbox.note($0, of: next) }
                    mailbox.put(next, outcome)
                }
                if pool.submit(task) != nil { task() }
            }
            if running.isEmpty { break }
            let ended = mailbox.take(within: CascadeJob.pace)
            for (id, _) in ended { running[id] = nil }
            for (id, outcome) in ended {
                try keep(outcome, of: id, work, &commit)
            }
            report(running, mailbox)
        }
        return waiting.isEmpty && !stop.isCancelled
    }

    /// Commits what became of a video, and tells it.
    private func keep(
        _ outcome: CascadeWork.Outcome, of id: EntityID, _ work: CascadeWork, _ commit: inout StatementCommit
    ) throws {
        let statement: Statement
        var report: CascadeReport?
        switch outcome {
        case .stopped: return
        case .broken(let error): throw error
        case .failed(let reason): statement = Statement(id, by: work.source, failure: reason)
        case .done(let found, let index):
            report = found
            statement = work.statement(of: id, found, index)
        }
        progress.elapsed = ContinuousClock.now - start
        let before = progress
        let outcomes = try store.commit([statement], &commit) { [report] outcomes in
            CascadeJob.counting(outcomes[0], report, before).counts
        }
        let counted = CascadeJob.counting(outcomes[0], report, before)
        progress = counted
        if case .labelled = outcomes[0], let report {
            try IntervalFinding(store).follow(
                id, Set(report.findings.joined().map(\.className)).subtracting([Cascade.motion]), &commit,
                cancellation)
        }
        var verdict: Document = ["video": .string(id.description)]
        switch outcomes[0] {
        case .labelled:
            verdict.append("verdict", report?.frames.isEmpty == false ? "labelled" : "nothing")
            verdict.append("labels", .integer(Int64(counted.labels - before.labels)))
            if let report { verdict.append("report", .object(report.document)) }
        case .failed(let reason):
            verdict.append("verdict", "failed")
            verdict.append("reason", .string(reason))
        case .gone, .known: verdict.append("verdict", "gone")
        }
        tell(verdict)
    }

    private static func counting(
        _ outcome: StatementOutcome, _ report: CascadeReport?, _ before: CascadeProgress
    ) -> CascadeProgress {
        var after = before
        switch outcome {
        // One label is the report itself.
        case .labelled(let count): if let report { after.count(report, labels: count - 1) }
        case .failed: after.failed += 1
        case .gone, .known: after.gone += 1
        }
        return after
    }

    private func report(_ running: [EntityID: Int], _ mailbox: CascadeMailbox) {
        progress.elapsed = ContinuousClock.now - start
        var document = progress.counts
        let states = mailbox.states
        document.append(
            "videos",
            .array(
                running.keys.sorted().map { id in
                    let state = states[id] ?? CascadeRun.Progress()
                    return [
                        "video": .string(id.description), "done": .integer(Int64(state.done)),
                        "frames": .integer(Int64(state.total)), "audited": .integer(Int64(state.audited)),
                    ]
                }))
        tell(["progress": .object(document)])
    }

    private func tell(_ line: Document) { emit(Array(line.json.utf8) + [0x0A]) }
}
