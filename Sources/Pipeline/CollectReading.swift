import Base
import Catalog
import Engine
import Fetching
import SystemPackage

/// Reads the lists of a request: hands what is to be fetched to the schedule, and what needs no fetching to
/// the results. Runs on a thread of its own.
struct CollectReading {
    /// Rows that are looked up at once.
    private static let batchCount = 256

    let request: CollectRequest
    let store: Store
    let schedule: CollectSchedule
    let results: CollectResults
    let counts: IngestCounter

    /// Reads everything, or until the run was given up.
    /// - Throws: where the store cannot be asked.
    func run() throws {
        var batch: [CollectSchedule.Job] = []
        var failure: (any Error)?
        // A list may end at any row: what is wrong with the store is kept until then.
        func take(_ item: CollectItem) -> Bool {
            do {
                if let job = entered(item) { batch.append(job) }
                if batch.count >= CollectReading.batchCount { try handOn(&batch) }
            } catch {
                failure = error
            }
            return failure == nil && !schedule.isCancelled
        }
        for url in request.urls {
            guard take(CollectItem(url: url, place: url)) else { break }
        }
        for list in request.lists where failure == nil {
            let columns = URLList.Columns(
                url: request.urlColumn, caption: request.captionColumn ?? "caption",
                needsCaption: request.captionColumn != nil, ignored: Set(request.ignoredColumns))
            do {
                guard try URLList(list, columns: columns).forEach(take) else { break }
            } catch {
                counts.increment()
                results.push(.verdict(CollectVerdict(url: list.shown, outcome: .failed, message: "\(error)")))
            }
        }
        if request.lists.isEmpty, request.urls.isEmpty { try readFailed(take) }
        if let failure { throw failure }
        try handOn(&batch)
    }

    // MARK: - Private

    /// The URLs of the store that failed.
    private func readFailed(_ take: (CollectItem) -> Bool) throws {
        var last: String?
        while true {
            let page = try store.collected(.failed, after: last, limit: CollectReading.batchCount)
            for entry in page {
                guard take(CollectItem(url: entry.url, given: entry.given ?? [:])) else { return }
            }
            guard let end = page.last else { return }
            last = end.url
        }
    }

    /// A row as a job, unless it fails by itself or its URL is under way already.
    private func entered(_ item: CollectItem) -> CollectSchedule.Job? {
        counts.increment()
        var reason = item.failure
        if reason == nil {
            do throws(FetchFailure) {
                let url = try WebURL(item.url)
                return schedule.enter(url.description) ? CollectSchedule.Job(item: item, url: url) : nil
            } catch {
                reason = error.message
            }
        }
        // Nothing is kept of it: a text that is no URL names nothing.
        let isListed = item.place != item.url
        results.push(
            .verdict(
                CollectVerdict(
                    url: item.url.isEmpty ? item.place : CollectReading.shown(item.url), outcome: .failed,
                    message: isListed && !item.url.isEmpty ? "\(item.place): \(reason ?? "")" : reason)))
        return nil
    }

    /// What is told of a text that is no URL: one that is longer than any URL is cut off.
    private static func shown(_ text: String) -> String {
        let text = WebURL.withoutSecrets(text)
        return text.utf8.count <= WebURL.limit ? text : text.prefix(200) + "…"
    }

    /// Looks a batch up and hands each on to where it belongs.
    private func handOn(_ batch: inout [CollectSchedule.Job]) throws {
        let known = try store.collected(batch.map(\.url.description))
        for (job, entry) in zip(batch, known) {
            if wantsFetch(entry) {
                guard schedule.push(job) else { return }
            } else {
                settle(job, entry)
            }
        }
        batch.removeAll(keepingCapacity: true)
    }

    private func wantsFetch(_ entry: CollectedURL?) -> Bool {
        guard let entry else { return !request.retriesFailed }
        switch entry.state {
        case .added, .duplicate: return false
        case .failed: return request.retriesFailed
        case .skipped:
            // A site that lets nobody in today may do so later.
            let isDue = entry.nextTry.map { $0.microseconds <= DateTime.now().microseconds } ?? false
            return !request.retriesFailed && (isDue || request.overrides(entry.code))
        }
    }

    /// Tells of a URL what is known of it already. Where only what failed is tried, the others are passed
    /// over.
    private func settle(_ job: CollectSchedule.Job, _ entry: CollectedURL?) {
        let rows = schedule.leave(job.url.description) + 1
        if request.retriesFailed || entry == nil {
            for _ in 0..<rows { counts.decrement() }
            return
        }
        guard let entry else { return }
        var verdict = CollectVerdict(entry)
        if entry.state == .added { verdict.outcome = .duplicate }
        if entry.state == .failed, let reason = entry.reason {
            verdict.message = "failed before, and is tried again with --retry-failed: \(reason)"
        }
        for _ in 0..<rows { results.push(.verdict(verdict)) }
    }
}

extension CollectRequest {
    /// Whether a URL that was skipped for this reason would not be skipped for it now.
    func overrides(_ code: String?) -> Bool {
        switch code.flatMap(FetchFailure.Code.init(rawValue:)) {
        case .robots: !keepsToRobots
        case .optOut: !keepsToOptOuts
        case .privateAddress: allowsPrivateAddresses
        default: false
        }
    }
}
