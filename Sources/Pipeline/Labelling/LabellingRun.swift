import Base
import Catalog
import Engine
import Media

/// Has an examiner look at pictures: every core reads, decodes and computes; what is ready is committed in
/// groups and in order, each group with what became of it in one transaction. Runs on a thread of its own.
///
/// Memory is bounded by the number of pictures under way, whatever the number of pictures.
final class LabellingRun {
    /// Pictures of a group, at most.
    private static let groupCount = 256
    /// Pictures that are under way or wait for their group, for each that is looked at: so many that nobody
    /// waits while a group is committed. Of those that wait only what was found is held.
    private static let leeway = 16
    /// How long a picture waits for its group, at most.
    private static let patience = Duration.milliseconds(500)

    private let store: Store
    private let work: LabelWork
    private let targets: [EntityID]
    private let cancellation: Cancellation
    private let emit: ([UInt8]) -> Void
    private let start = ContinuousClock.now
    private var commit: StatementCommit
    private var progress: LabelProgress
    private var group: [[Statement]] = []
    private var groupStart = ContinuousClock.now

    /// - Parameters:
    ///   - progress: of earlier attempts.
    ///   - emit: takes JSON lines: a verdict for each picture once it is durable, and `{"progress": …}`.
    init(
        _ targets: [EntityID], _ work: LabelWork, into store: Store, _ commit: StatementCommit,
        _ progress: LabelProgress, _ cancellation: Cancellation, emit: @escaping ([UInt8]) -> Void
    ) {
        self.targets = targets
        self.work = work
        self.store = store
        self.commit = commit
        self.progress = progress
        self.progress.total = progress.done + targets.count
        self.cancellation = cancellation
        self.emit = emit
    }

    /// Runs to the end, or until it is cancelled: then what was ready is committed, and the rest is left.
    /// - Throws: ``EngineError`` where the store cannot go on. A picture that cannot be looked at does not
    ///   end the run.
    func run() throws -> LabelProgress {
        report()
        // Threads of their own: whoever looks at pixels meanwhile must not wait behind a model.
        let pool = BlockingPool(label: "fovea-label", threadCount: work.concurrency)
        let window = work.concurrency * LabellingRun.leeway
        let results = ReorderingQueue<[Statement]>()
        var submitted = 0
        var taken = 0
        var isWhole = true
        while taken < targets.count {
            while submitted < targets.count, submitted - taken < window, !cancellation.isCancelled {
                let number = submitted
                submitted += 1
                let job: @Sendable () -> Void = { [work, cancellation, target = targets[number]] in
                    results.push(work.look(target, cancellation), number)
                }
                if pool.submit(job) != nil { job() }
            }
            guard taken < submitted else { break }
            if group.isEmpty { groupStart = ContinuousClock.now }
            let statements = results.pop(taken)
            taken += 1
            if statements.isEmpty {
                isWhole = false
                continue
            }
            group.append(statements)
            if group.count >= LabellingRun.groupCount || work.isOfVideos
                || ContinuousClock.now - groupStart > LabellingRun.patience
            {
                try commitGroup()
            }
        }
        try commitGroup()
        if let run = commit.run, isWhole, taken == targets.count { try store.finish(run: run) }
        report()
        return progress
    }

    /// What an examiner says of one entity's picture, or that it could not look. Computes.
    static func statements(
        _ target: EntityID, _ examiner: any Examiner, _ store: Store
    ) -> [Statement] {
        do {
            let findings = try examiner.examine(try store.picture(of: target))
            return zip(examiner.sources, findings).map { source, finding in
                Statement(target, by: source, labels: finding.labels, vector: finding.vector)
            }
        } catch {
            return examiner.sources.map { Statement(target, by: $0, failure: "\(error)") }
        }
    }

    // MARK: - Private

    private func commitGroup() throws {
        guard !group.isEmpty else { return }
        progress.elapsed = ContinuousClock.now - start
        let (before, width) = (progress, work.sources.count)
        let outcomes = try store.commit(group.flatMap { $0 }, &commit) { outcomes in
            var after = before
            after.count(outcomes, each: width)
            return after.counts
        }
        progress.count(outcomes, each: width)
        var writer = JSONWriter(capacity: group.count * 96)
        for (index, statements) in group.enumerated() {
            let own = outcomes[index * width..<(index + 1) * width]
            writer.write(LabellingRun.verdict(statements[0].target, own))
            writer.raw("\n")
        }
        group.removeAll(keepingCapacity: true)
        emit(writer.take())
        report()
    }

    /// `image`, `verdict` (`labelled`, `nothing`, `failed`, `known` or `gone`), `labels` and `reason`.
    private static func verdict(_ target: EntityID, _ outcomes: ArraySlice<StatementOutcome>) -> Document {
        var counts = LabelProgress()
        counts.count(outcomes)
        let word =
            counts.labelled > 0
            ? "labelled"
            : counts.nothing > 0
                ? "nothing" : counts.failed > 0 ? "failed" : counts.gone > 0 ? "gone" : "known"
        var verdict: Document = ["image": .string(target.description), "verdict": .string(word)]
        if counts.labels > 0 { verdict["labels"] = .integer(Int64(counts.labels)) }
        for case .failed(let reason) in outcomes where verdict["reason"] == nil {
            verdict["reason"] = .string(reason)
        }
        return verdict
    }

    private func report() {
        progress.elapsed = ContinuousClock.now - start
        emit(Array((["progress": .object(progress.document)] as Document).json.utf8) + [0x0A])
    }
}

extension LabelProgress {
    /// Counts pictures, of each of which `width` sources have said something.
    mutating func count(_ outcomes: [StatementOutcome], each width: Int) {
        for start in stride(from: 0, to: outcomes.count, by: width) {
            count(outcomes[start..<min(start + width, outcomes.count)])
        }
    }
}
