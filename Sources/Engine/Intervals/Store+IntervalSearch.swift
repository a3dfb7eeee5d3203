public import Base
import Catalog
public import Query

/// A question about intervals of videos.
public struct IntervalRequest: Sendable {
    public var question: IntervalQuestion
    /// Which videos; all unless told.
    public var filter = Filter.all
    /// Only these among them.
    public var videos: [EntityID]?
    /// How many are told of.
    public var limit = 1_000
    /// How many are passed over first.
    public var offset = 0

    public init(_ question: IntervalQuestion) { self.question = question }
}

/// What a question about intervals came to.
public struct IntervalAnswer: Sendable {
    /// In the order of videos, beginnings and ends; see ``Store/findIntervals(_:)``.
    public var intervals: [Document]
    /// How many there are in all.
    public var count: Int
    /// Seconds of videos that are in any of them.
    public var duration: Double
}

extension Store {
    /// Intervals that one answer tells of.
    public static let intervalLimit = 100_000

    /// Answers a question about the intervals of videos: what labels say of stretches of them, when tracked
    /// things are to be seen, what follows on what, and what is in several or in none.
    ///
    /// Of each is told: `video`; `tag`, `score`, `source` and `label` where it is that of one label;
    /// `start_frame` and `end_frame`, both of which belong to it; `start_time` and `end_time` in seconds.
    /// - Throws: ``EngineError/Code/limitExceeded``; ``EngineError/Code/notFound`` for a video that is not
    ///   there.
    /// - Complexity: The first question reads all labels of videos. Then O(n log n) in intervals of the label
    ///   classes that are named.
    public func findIntervals(_ request: IntervalRequest) async throws -> IntervalAnswer {
        let limit = options.maxVerifiedDocuments
        let tables = intervalTables
        return try await readPool.run { cancellation in
            try translating {
                try self.catalog.read(cancellation) { snapshot in
                    guard let videos = snapshot.schema.entityClass(Store.videoClass) else {
                        return IntervalAnswer(intervals: [], count: 0, duration: 0)
                    }
                    var ids = try snapshot.ids(videos, request.filter, limit).ids
                    if let given = request.videos {
                        for id in given { try snapshot.checkEntity(id, class: Store.videoClass) }
                        ids = ids.intersection(IdSet(given.map(\.local)))
                    }
                    let search = IntervalSearch(
                        try tables.table(of: videos, in: snapshot), videos, ids, in: snapshot,
                        frameIndex: { try self.frameIndex(of: $0, cancellation) },
                        motionTrace: { self.motionTraces.find($0) }, cancellation: cancellation)
                    return try search.answer(request.question, limit: request.limit, offset: request.offset)
                }
            }
        }
    }
}

extension IntervalSearch {
    /// - Throws: ``EngineError/Code/limitExceeded`` for a greater `limit` than ``Store/intervalLimit``.
    func answer(_ question: IntervalQuestion, limit: Int, offset: Int) throws -> IntervalAnswer {
        guard limit <= Store.intervalLimit else {
            throw EngineError(
                .limitExceeded,
                "limit is \(limit), at most \(Store.intervalLimit) intervals are told of at a time")
        }
        let found = try find(question)
        let start = min(max(offset, 0), found.stretches.count)
        let end = start + min(max(limit, 0), found.stretches.count - start)
        return IntervalAnswer(
            intervals: try documents(found, start..<end), count: found.stretches.count,
            duration: found.duration)
    }
}
