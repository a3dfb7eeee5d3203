public import Base
import Catalog
public import Engine
import Fetching
import Media
import Query
import Synchronization

/// Images that somebody asks for by their URLs, one by one: what the store does not have yet is fetched, as
/// carefully and as politely as ``Collect`` does it.
public final class OnDemandImages: Sendable {
    /// What is known of a URL, in the words of Cortex's later interface.
    public enum State: String, Sendable, CaseIterable {
        /// Nothing.
        case unknown
        /// It is no URL that is fetched.
        case invalid
        /// It waits to be fetched, or its image for somebody to look for objects in it.
        case queued
        /// Objects were looked for; their labels wait to be judged.
        case scoring
        case done
        /// It gave no image.
        case failed
    }

    /// A fetch that all wait for who ask for its URL meanwhile.
    private struct SharedFetch {
        let number: Int
        let task: Task<EntityID, any Error>
        var waiting = 1
    }

    private struct Work {
        /// By URLs in one spelling.
        var fetches: [String: SharedFetch] = [:]
        var fetchCount = 0
        /// URLs that wait, and those that are under way, in one spelling.
        var queued: Set<String> = []
    }

    let store: Store
    private let detector: @Sendable () async throws -> (any Examiner)?
    private let rolesOfModels: @Sendable () async throws -> AnalysisRoles
    private let web: WebBytes
    private let work = Mutex(Work())
    private let waiting: AsyncStream<String>
    private let queue: AsyncStream<String>.Continuation

    /// URLs that are fetched at a time where somebody waits; more are refused as overload.
    private static let fetchLimit = 16
    /// URLs that may wait for nobody in particular.
    private static let queueLimit = 1_000
    /// Of these, how many are under way at a time.
    private static let queueWidth = 4

    /// - Parameters:
    ///   - web: fetches.
    ///   - roles: what models look for, asked each time.
    ///   - detector: what looks for objects, asked each time; `nil` where there is nothing that could.
    public init(
        store: Store, web: WebBytes,
        roles: @escaping @Sendable () async throws -> AnalysisRoles = { AnalysisRoles() },
        detector: @escaping @Sendable () async throws -> (any Examiner)? = { nil }
    ) {
        self.store = store
        self.detector = detector
        rolesOfModels = roles
        self.web = web
        (waiting, queue) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(1_000))
    }

    // MARK: - One, for somebody who waits

    /// The image of a URL; fetched where the store does not have it, once for all who ask meanwhile.
    /// - Throws: ``EngineError/Code/invalidRequest`` for what is no URL that is fetched;
    ///   ``EngineError/Code/forbidden`` where it is not to be had: a private address, robots.txt, an
    ///   opt-out; ``EngineError/Code/unsupportedMedia``, ``EngineError/Code/limitExceeded``;
    ///   ``EngineError/Code/unreachable`` where its server did not give it; ``EngineError/Code/gone`` where
    ///   its image was deleted; ``EngineError/Code/overloaded``.
    public func image(at text: String) async throws -> EntityID {
        let url = try OnDemandImages.url(text)
        if let known = try await knownImage(url) { return known }
        try store.checkWritable()
        return try await fetch(url, atMost: OnDemandImages.fetchLimit)
    }

    /// The sample of an image, in which objects are looked for where nobody has, and something can.
    /// - Throws: ``EngineError``; where it cannot be looked at, the sample says that nobody has.
    public func analysedSample(_ image: EntityID) async throws -> Document {
        let roles = try await rolesOfModels()
        let sample = try await store.sample(image, roles)
        guard sample["object_analysis_processed"] != "true", store.access == .readWrite,
            let examiner = try await detector()
        else { return sample }
        _ = try await Labelling(examiner, into: store).label([image])
        return try await store.sample(image, roles)
    }

    // MARK: - Many, for nobody in particular

    /// Has a URL's image fetched in the background, unless it is there.
    /// - Returns: what is known of it now.
    /// - Throws: ``EngineError/Code/invalidRequest``, ``EngineError/Code/overloaded``,
    ///   ``EngineError/Code/readOnly``.
    public func enqueue(_ text: String) async throws -> State {
        let url = try OnDemandImages.url(text)
        let state = try await self.state(of: url)
        guard state == .unknown || state == .failed else { return state }
        try store.checkWritable()
        let isNew = try work.withLock { work in
            guard !work.queued.contains(url.description) else { return false }
            guard work.queued.count < OnDemandImages.queueLimit else {
                throw EngineError(
                    .overloaded, "\(work.queued.count) URLs wait already; ask again later",
                    retryAfter: .seconds(60))
            }
            work.queued.insert(url.description)
            return true
        }
        if isNew { queue.yield(url.description) }
        return .queued
    }

    /// What is known of each of some URLs, in their order. Nothing is fetched.
    public func states(of texts: [String]) async throws -> [State] {
        var states: [State] = []
        for text in texts {
            // Why it is none is not asked for here: `enqueue` says it.
            guard let url = try? WebURL(text) else {
                states.append(.invalid)
                continue
            }
            states.append(try await state(of: url))
        }
        return states
    }

    /// Works on what is enqueued until the task is cancelled. What waits then is forgotten.
    /// - Parameter noteFailure: told of each URL that gave no image, or whose image could not be looked at.
    public func run(noteFailure: @escaping @Sendable (String, EngineError) -> Void) async {
        await withDiscardingTaskGroup { group in
            let slots = Slots(OnDemandImages.queueWidth)
            for await url in waiting {
                guard await slots.take() else { break }
                group.addTask {
                    do {
                        let address = try OnDemandImages.url(url)
                        let known = try await self.knownImage(address)
                        let image =
                            if let known { known } else { try await self.fetch(address, atMost: .max) }
                        _ = try await self.analysedSample(image)
                    } catch {
                        noteFailure(url, EngineError(reporting: error))
                    }
                    _ = self.work.withLock { $0.queued.remove(url) }
                    slots.give()
                }
            }
            group.cancelAll()
        }
    }

    // MARK: - Private

    private static func url(_ text: String) throws -> WebURL {
        do throws(FetchFailure) {
            return try WebURL(text)
        } catch {
            throw EngineError(error)
        }
    }

    /// The image that the store has of a URL; `nil` where it may be fetched.
    private func knownImage(_ url: WebURL) async throws -> EntityID? {
        let store = store
        let entry = try await store.readPool.run { _ in try store.collected([url.description]).first ?? nil }
        if let image = entry?.image, entry?.state == .added || entry?.state == .duplicate {
            return try await exists(image)
        }
        return try await store.find(
            FindRequest(
                entityClass: Store.imageClass,
                filter: .field(FieldPath("url"), .equal(.string(url.description))), limit: 1,
                projection: try Projection.parse(["_uniqueid": 1]))
        ).entities.first?["_uniqueid"]?.stringValue.flatMap { EntityID($0) }
    }

    /// - Throws: ``EngineError/Code/gone`` where it was deleted: it is not fetched again.
    private func exists(_ image: EntityID) async throws -> EntityID {
        _ = try await store.entity(image, class: Store.imageClass)
        return image
    }

    private func state(of url: WebURL) async throws -> State {
        if work.withLock({ $0.queued.contains(url.description) }) { return .queued }
        let store = store
        let entry = try await store.readPool.run { _ in try store.collected([url.description]).first ?? nil }
        if entry?.state == .failed || entry?.state == .skipped { return .failed }
        do {
            guard let image = try await knownImage(url) else { return .unknown }
            return try await store.analysisState(of: image, try await rolesOfModels())
        } catch let error as EngineError where error.code == .gone || error.code == .notFound {
            return .failed
        }
    }

    /// Fetches a URL, or waits with those who do. It is given up once all who wait have left.
    /// - Parameter limit: how many URLs are fetched at a time.
    /// - Throws: as ``image(at:)``.
    private func fetch(_ url: WebURL, atMost limit: Int) async throws -> EntityID {
        let key = url.description
        let shared = try work.withLock { work in
            if var known = work.fetches[key] {
                known.waiting += 1
                work.fetches[key] = known
                return known
            }
            guard work.fetches.count < limit else {
                throw EngineError(
                    .overloaded, "\(work.fetches.count) images are being fetched already; ask again",
                    retryAfter: .seconds(2))
            }
            work.fetchCount += 1
            let number = work.fetchCount
            let task = Task {
                defer { self.forget(number, key) }
                // It may have arrived since this was asked.
                if let known = try await self.knownImage(url) { return known }
                return try await self.fetch(url)
            }
            let shared = SharedFetch(number: number, task: task)
            work.fetches[key] = shared
            return shared
        }
        return try await withTaskCancellationHandler {
            try await shared.task.value
        } onCancel: {
            let isLast = work.withLock { work in
                guard var known = work.fetches[key], known.number == shared.number else { return false }
                known.waiting -= 1
                work.fetches[key] = known.waiting > 0 ? known : nil
                return known.waiting == 0
            }
            if isLast { shared.task.cancel() }
        }
    }

    /// Lets the next who asks for a URL fetch it anew.
    private func forget(_ number: Int, _ key: String) {
        work.withLock { work in
            if work.fetches[key]?.number == number { work.fetches[key] = nil }
        }
    }

    private func fetch(_ url: WebURL) async throws -> EntityID {
        let result = try await web.fetch(url, isWanted: { ImageFormat.sniff($0) != nil })
        let store = store
        switch result {
        case .failure(let failure):
            if failure.code == .cancelled { throw EngineError(.cancelled, "the client left") }
            let entry = CollectedURL(
                url: url.description, state: failure.isRefusal ? .skipped : .failed,
                code: failure.code.rawValue, reason: failure.message, status: failure.status, attempts: 1,
                at: .now())
            _ = try await store.readPool.run { _ in
                var run = ImportRun(parameters: [:])
                return try store.commit(collected: [CollectedItem(entry)], run: &run)
            }
            throw EngineError(failure)
        case .success(let fetched):
            let entry = CollectedURL(
                url: url.description, state: .added, status: 200, attempts: 1, at: .now())
            let image = try await store.computePool.run { _ in
                try store.prepare(
                    fetched.bytes, path: "", url: url.description, properties: [:], labels: [],
                    reference: nil)
            }
            let outcome = try await store.readPool.run { _ in
                var run = ImportRun(parameters: [:])
                return try store.commit(collected: [CollectedItem(entry, image: image)], run: &run)
            }
            guard let id = try outcome[0].get()?.id else {
                throw EngineError(.failed, "\(url) was fetched, and became no image")
            }
            return id
        }
    }
}
