import Base
import Catalog
public import Query

/// Of which videos or clips frames are to be counted.
public struct FrameStatisticsRequest: Sendable {
    public var entityClass: String
    public var filter: Filter
    /// What those match, besides, that are compared with all; `nil` to compare nothing.
    public var subset: Filter?
    /// Whether each is told of by itself.
    public var wantsEach: Bool

    public init(
        class entityClass: String = Store.videoClass, filter: Filter = .all, subset: Filter? = nil,
        wantsEach: Bool = false
    ) {
        self.entityClass = entityClass
        self.filter = filter
        self.subset = subset
        self.wantsEach = wantsEach
    }
}

extension Store {
    /// Which tags frames have, by the intervals of their videos, at one commit. A frame counts once for a
    /// tag, whoever gave it. Videos without frames count as videos. No video is opened.
    /// - Throws: ``EngineError/Code/notFound`` where the class was never used;
    ///   ``EngineError/Code/invalidRequest`` for a class without frames.
    /// - Complexity: reads the labels of all that match.
    public func frameStatistics(_ request: FrameStatisticsRequest) async throws -> FrameStatistics {
        let part = VideoPartClass(rawValue: request.entityClass)
        guard part != nil || request.entityClass == Store.videoClass else {
            throw EngineError(
                .invalidRequest, "\(request.entityClass) has no frames: videos, clips and frames have",
                path: "class")
        }
        let limit = options.maxVerifiedDocuments
        return try await read { snapshot in
            var statistics = FrameStatistics()
            if request.subset != nil { statistics.subset = .init() }
            guard let known = try snapshot.entityClass(request.entityClass) else { return statistics }
            let matching = try snapshot.ids(known, request.filter, limit).ids
            let chosen = try request.subset.map {
                try snapshot.ids(known, $0, limit).ids.intersection(matching)
            }
            let locals = Array(matching.ids)
            for start in stride(from: 0, to: locals.count, by: 256) {
                let some = Array(locals[start..<min(start + 256, locals.count)])
                let videos =
                    try part.map { try snapshot.statistics(ofParts: some, known, $0) }
                    ?? snapshot.statistics(ofVideos: some, known)
                for video in videos {
                    statistics.total.add(video)
                    if chosen?.contains(video.id.local) == true { statistics.subset?.add(video) }
                    if request.wantsEach { statistics.perVideo.append(video) }
                }
            }
            return statistics
        }
    }
}

extension CatalogSnapshot {
    fileprivate func statistics(
        ofVideos locals: [LocalID], _ known: ClassSchema
    ) throws -> [FrameStatistics.PerVideo] {
        let wanted = ["frame_count", "duration", "path"]
        return try entities(of: known, locals, properties: wanted).map { row in
            let properties = row.properties
            let count = max(0, properties["frame_count"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0)
            let id = known.entityID(row.id.local)
            return FrameStatistics.PerVideo(
                id: id, path: properties["path"]?.stringValue, frames: count,
                seconds: properties["duration"]?.floatValue ?? 0,
                tags: try taggedFrames(of: id, within: 0..<count))
        }
    }

    fileprivate func statistics(
        ofParts locals: [LocalID], _ known: ClassSchema, _ part: VideoPartClass
    ) throws -> [FrameStatistics.PerVideo] {
        let places = try videoPlaces(locals, of: known, part)
        return try locals.compactMap { local in
            guard let place = places[local] else { return nil }
            let times = try entity(known.entityID(local))?.properties
            let start = times?["start_time"]?.floatValue ?? 0
            let stop = times?["stop_time"]?.floatValue ?? start
            return FrameStatistics.PerVideo(
                id: known.entityID(local), path: nil, frames: place.frames.count, seconds: stop - start,
                tags: try taggedFrames(of: place.video, within: place.frames))
        }
    }

    private func taggedFrames(of video: EntityID, within bounds: Range<Int>) throws -> [String: Int] {
        var ranges: [String: [Range<Int>]] = [:]
        for label in try labels(of: video) {
            guard let interval = VideoInterval(label) else { continue }
            ranges[interval.name, default: []].append(interval.frames)
        }
        return ranges.compactMapValues { some in
            let count = FrameStatistics.coverage(some, within: bounds)
            return count > 0 ? count : nil
        }
    }
}
