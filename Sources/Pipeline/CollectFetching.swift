import Base
import Blobs
import Catalog
import Engine
import Fetching
import Media

/// The part of collecting that waits for servers: fetches what the schedule gives out, and makes images of it
/// on the store's compute threads.
struct CollectFetching: Sendable {
    let request: CollectRequest
    let store: Store
    let schedule: CollectSchedule
    let results: CollectResults
    let fetcher: Fetcher
    let plan: RetryPlan

    init(
        _ request: CollectRequest, _ store: Store, _ schedule: CollectSchedule, _ results: CollectResults,
        _ fetcher: Fetcher
    ) {
        self.request = request
        self.store = store
        self.schedule = schedule
        self.results = results
        self.fetcher = fetcher
        plan = RetryPlan(maxAttempts: request.attempts, longest: fetcher.options.maxPause, seed: request.seed)
    }

    /// Fetches until nothing is left, or the run was given up.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                var alarm: ContinuousClock.Instant?
                while true {
                    let now = ContinuousClock.now
                    switch schedule.step(at: now) {
                    case .fetch(let job): group.addTask { await fetch(job) }
                    case .wait(let time):
                        if let time, alarm.map({ $0 <= now || time < $0 }) ?? true {
                            alarm = time
                            group.addTask { [bell = schedule.bell] in
                                // Given up or not: whoever waits looks again.
                                try? await Task.sleep(until: time, clock: .continuous)
                                bell.ring()
                            }
                        }
                        await schedule.bell.heard()
                    case .end:
                        group.cancelAll()
                        return
                    }
                }
            }
        } onCancel: {
            schedule.cancel()
        }
        results.push(.end)
    }

    // MARK: - Private

    private func fetch(_ job: CollectSchedule.Job) async {
        var job = job
        job.attempts += 1
        switch await fetcher.fetch(
            job.url, isWanted: { ImageFormat.sniff($0) != nil || VideoFormat.sniff($0) != nil })
        {
        case .success(let fetched): await prepare(fetched.bytes, job)
        case .failure(let failure):
            if failure.code == .cancelled { return schedule.finish(job) }
            if let pause = plan.pause(after: failure, attempts: job.attempts, of: job.url) {
                return schedule.finish(job, retryAt: .now + pause)
            }
            push(CollectedItem(entry(of: job, failure)), byteCount: 0)
        }
        schedule.finish(job)
    }

    private func entry(of job: CollectSchedule.Job, _ failure: FetchFailure) -> CollectedURL {
        let now = DateTime.now()
        let pause = failure.retryAfter.map { $0.milliseconds * 1_000 }
        return CollectedURL(
            url: job.url.description, state: failure.isRefusal ? .skipped : .failed,
            code: failure.code.rawValue,
            reason: failure.message, status: failure.status, attempts: job.attempts, at: now,
            nextTry: pause.map { DateTime(microseconds: now.microseconds + $0) }, given: job.item.given)
    }

    private func push(_ item: CollectedItem, byteCount: Int) {
        schedule.note(uncommitted: 1, bytes: byteCount)
        results.push(.item(item, byteCount: byteCount))
    }

    private func prepare(_ bytes: [UInt8], _ job: CollectSchedule.Job) async {
        let result: CollectResults.Result?
        while true {
            do {
                result = try await store.computePool.run { _ in prepared(bytes, job) }
                break
            } catch is BlockingPool.Overloaded {
                // Others keep the store's threads busy. A pause that is cut short, as all is given up, ends
                // at the next try.
                try? await Task.sleep(for: .milliseconds(20))
            } catch {
                // Given up: the URL is fetched again another time.
                result = nil
                break
            }
        }
        switch result {
        case .item(let item, let byteCount)?: push(item, byteCount: byteCount)
        case let other?: results.push(other)
        case nil: break
        }
    }

    /// An image or a video that is ready to be committed, or why there is none. Computes.
    private func prepared(_ bytes: [UInt8], _ job: CollectSchedule.Job) -> CollectResults.Result {
        let url = job.url.description
        var entry = CollectedURL(
            url: url, state: .failed, status: 200, attempts: job.attempts, at: .now())
        func failed(_ code: String, _ reason: String) -> CollectResults.Result {
            (entry.code, entry.reason, entry.given) = (code, reason, job.item.given)
            return .item(CollectedItem(entry), byteCount: bytes.count)
        }
        if let wanted = job.item.digest {
            let found = SHA256Digest(hashing: bytes)
            guard found == wanted else {
                return failed("digest", "the bytes have SHA-256 \(found), the list says \(wanted)")
            }
        }
        var properties = request.properties
        for (name, value) in job.item.properties.members { properties[name] = value }
        if properties["source"] == nil { properties["source"] = .string(request.source.rawValue) }
        do {
            let reference: BlobReference? = request.isReference ? .url(url) : nil
            let image =
                ImageFormat.sniff(bytes) == nil && VideoFormat.sniff(bytes) != nil
                ? try store.prepareVideo(
                    .bytes(bytes), path: "", url: url, properties: properties, labels: job.item.labels,
                    captions: job.item.captions, reference: reference)
                : try store.prepare(
                    bytes, path: "", url: url, properties: properties, labels: job.item.labels,
                    captions: job.item.captions, reference: reference)
            return .item(CollectedItem(entry, image: image), byteCount: bytes.count)
        } catch let error as EngineError where error.isOfStore {
            return .storeFailure(error)
        } catch {
            return failed((error as? EngineError)?.code.rawValue ?? "failed", "\(error)")
        }
    }
}
