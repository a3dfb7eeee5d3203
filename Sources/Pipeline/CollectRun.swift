import Base
import Catalog
@preconcurrency import Dispatch
import Engine

/// The part of collecting that commits: takes results as they come, makes them durable in groups, and tells
/// the verdicts. Runs on a thread of its own.
final class CollectRun {
    private let request: CollectRequest
    private let store: Store
    private let schedule: CollectSchedule
    private let results: CollectResults
    private let counts: IngestCounter
    private let emit: ([UInt8]) -> Void
    private let start = ContinuousClock.now
    private var progress = IngestProgress()
    private var importRun: ImportRun
    private var group: [CollectedItem] = []
    private var groupBytes = 0
    private var groupDeadline = DispatchTime.distantFuture
    private var verdicts = JSONWriter()
    private var verdictCount = 0

    init(
        _ request: CollectRequest, _ store: Store, _ schedule: CollectSchedule, _ results: CollectResults,
        _ counts: IngestCounter, emit: @escaping ([UInt8]) -> Void
    ) {
        self.request = request
        self.store = store
        self.schedule = schedule
        self.results = results
        self.counts = counts
        self.emit = emit
        importRun = ImportRun(parameters: request.document)
    }

    /// - Throws: ``EngineError`` where the store cannot go on, after what was ready is committed.
    func run() throws {
        defer { schedule.cancel() }
        while true {
            guard let result = results.pop(until: min(groupDeadline, .now() + .milliseconds(500))) else {
                try commit()
                report()
                continue
            }
            switch result {
            case .verdict(let verdict): tell(verdict)
            case .item(let item, let byteCount):
                if group.isEmpty { groupDeadline = .now() + .milliseconds(500) }
                group.append(item)
                groupBytes += byteCount
                progress.bytesRead += byteCount
            case .storeFailure(let error):
                try commit()
                report()
                throw error
            case .end:
                try commit()
                if !schedule.isCancelled { try store.finish(importRun) }
                progress.isCounted = counts.state.isFinished && !schedule.isCancelled
                report()
                return
            }
            if group.count >= IngestRun.groupCount || groupBytes >= IngestRun.groupBytes
                || verdictCount >= IngestRun.groupCount || .now() >= groupDeadline
            {
                try commit()
                report()
            }
        }
    }

    // MARK: - Private

    /// Makes the group durable and tells its verdicts.
    private func commit() throws {
        if !group.isEmpty {
            let outcomes = try store.commit(collected: group, run: &importRun)
            for (item, outcome) in zip(group, outcomes) { tell(item, outcome) }
            schedule.note(uncommitted: -group.count, bytes: -groupBytes)
            group.removeAll(keepingCapacity: true)
            groupBytes = 0
        }
        groupDeadline = .distantFuture
        guard verdictCount > 0 else { return }
        verdictCount = 0
        emit(verdicts.take())
    }

    private func tell(_ item: CollectedItem, _ outcome: Result<CommittedMedia?, EngineError>) {
        var entry = item.entry
        var note: String?
        switch outcome {
        case .success(let image?):
            entry.state = image.isNew ? .added : .duplicate
            entry.image = image.id
            note = image.note ?? (image.isNew ? item.image?.decodeError : nil)
        case .success(nil): break
        case .failure(let error):
            (entry.state, entry.code, entry.reason) = (.failed, error.code.rawValue, "\(error)")
        }
        let verdict = CollectVerdict(entry, note: note)
        tell(verdict)
        // Further rows of the same URL.
        var repeated = verdict
        if entry.state == .added { repeated.outcome = .duplicate }
        for _ in 0..<schedule.leave(entry.url) { tell(repeated) }
    }

    private func tell(_ verdict: CollectVerdict) {
        progress.count(verdict.outcome)
        verdicts.write(verdict.document)
        verdicts.raw("\n")
        verdictCount += 1
    }

    private func report() {
        let isCounted: Bool
        (progress.found, isCounted) = counts.state
        progress.isCounted = isCounted && !schedule.isCancelled
        progress.elapsed = ContinuousClock.now - start
        emit(Array((["progress": .object(progress.document)] as Document).json.utf8) + [0x0A])
    }
}
