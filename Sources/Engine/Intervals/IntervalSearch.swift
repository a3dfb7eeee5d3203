import Annotations
import Base
import Catalog
import Media
import Query

/// Answers one question about intervals of videos, on one commit.
final class IntervalSearch {
    /// Frames of tracks that are looked at for one question.
    private static let trackedFrameLimit = 20_000_000

    /// What stretches may come from.
    private enum Labels {
        case intervals(IntervalTable.OfClass)
        case tracks([ScannedLabel])
    }

    private struct Moment: Hashable {
        var stream: UInt32
        var tick: Int64
    }

    private let table: IntervalTable
    let snapshot: CatalogSnapshot
    let videos: ClassSchema
    /// The videos that are asked about.
    private let selected: IdSet
    let frameIndex: (StoredBytes) throws -> FrameIndex
    /// Where in a video something moves; `nil` where that is not known.
    let motionTrace: (SHA256Digest) -> MotionTrace?
    let cancellation: Cancellation

    private var lists: [(name: String, labels: Labels)] = []
    /// Frames that begin where tracks begin or end.
    private var trackedFrames: [Moment: Int] = [:]
    private var lookedAt = 0
    /// Frames in which boxes lie, that were looked up for tags in rectangles.
    var boxFrames: [BoxFrames.Key: BoxFrames] = [:]
    /// Of videos whose whole length was asked for: how many ticks, and how many frames.
    private var extents: [UInt32: (end: Int64, frames: Int)]?
    private var sources: [Int64: String] = [:]

    /// - Parameters:
    ///   - selected: The local ids of videos that are there.
    ///   - frameIndex: The index of a video's frames, for tracks and rectangles.
    ///   - motionTrace: Where in a video something moves, for rectangles.
    init(
        _ table: IntervalTable, _ videos: ClassSchema, _ selected: IdSet, in snapshot: CatalogSnapshot,
        frameIndex: @escaping (StoredBytes) throws -> FrameIndex,
        motionTrace: @escaping (SHA256Digest) -> MotionTrace?, cancellation: Cancellation
    ) {
        self.table = table
        self.videos = videos
        self.selected = selected
        self.snapshot = snapshot
        self.frameIndex = frameIndex
        self.motionTrace = motionTrace
        self.cancellation = cancellation
    }

    /// What a question comes to.
    /// - Throws: ``EngineError/Code/limitExceeded``; what reading throws.
    func find(_ question: IntervalQuestion) throws -> FoundStretches {
        var found = try base(question.base)
        try cancellation.check()
        if let seconds = question.bridge {
            found = FoundStretches(
                StretchSet(found.stretches).bridging(gaps: IntervalSearch.ticks(seconds)))
        }
        if let seconds = question.minDuration {
            let least = IntervalSearch.ticks(seconds)
            found = found.keeping { found.stretches[$0].length >= least }
        }
        if let seconds = question.maxDuration {
            let most = IntervalSearch.ticks(seconds)
            found = found.keeping { found.stretches[$0].length <= most }
        }
        for condition in question.conditions {
            if found.stretches.isEmpty { break }
            let others = try find(condition.other)
            try cancellation.check()
            let some = others.index.filter(
                found.stretches, condition.relation.stretchRelation(within: condition.within))
            found = found.keeping(some, isNegated: condition.isNegated)
        }
        return found
    }

    /// What is told of some of the stretches: `video`, `tag`, `start_frame` and `end_frame`, both of which
    /// belong to it, `start_time` and `end_time` in seconds from the video's beginning, `score`, `source` and
    /// `label`. What it does not have is left out, as of one that is made of several labels.
    func documents(_ found: FoundStretches, _ places: Range<Int>) throws -> [Document] {
        try places.map { place in
            if place & 0xFF == 0xFF { try cancellation.check() }
            let stretch = found.stretches[place]
            var told: Document = ["video": .string(videos.entityID(stretch.stream).description)]
            let origin = found.origins?[place]
            if let origin { told["tag"] = .string(lists[Int(origin.list)].name) }
            let frames = self.frames(of: stretch, origin)
            if let start = frames.start { told["start_frame"] = .integer(Int64(start)) }
            if let stop = frames.stop { told["end_frame"] = .integer(Int64(stop - 1)) }
            told["start_time"] = .float(Double(stretch.start) / 1e6)
            told["end_time"] = .float(Double(stretch.end) / 1e6)
            if let origin { try addLabel(origin, to: &told) }
            return told
        }
    }

    // MARK: - Where they come from

    private func base(_ base: IntervalQuestion.Base) throws -> FoundStretches {
        switch base {
        case .labelled(let asked): return try labelled(asked)
        case .tracked(let asked): return try tracked(asked)
        case .all(let parts):
            var common: StretchSet?
            for part in parts {
                if common?.stretches.isEmpty == true { break }
                let one = StretchSet(try find(part).stretches)
                common = common?.intersection(one) ?? one
            }
            return FoundStretches(common ?? StretchSet())
        case .any(let parts):
            var all = StretchSet()
            for part in parts { all = all.union(StretchSet(try find(part).stretches)) }
            return FoundStretches(all)
        case .none(let part):
            let taken = StretchSet(try find(part).stretches)
            return FoundStretches(try wholeVideos().subtracting(taken))
        case .sequence(let parts, let within):
            let indexes = try parts.map { try find($0).index }
            guard let first = indexes.first else { return FoundStretches(StretchSet()) }
            let steps = zip(within, indexes.dropFirst()).map {
                (within: $0.map(IntervalSearch.ticks) ?? Int64.max, stretches: $1)
            }
            return FoundStretches(StretchIndex.chains(from: first, steps), nil)
        }
    }

    private func labelled(_ asked: LabelledIntervals) throws -> FoundStretches {
        var source: Int64?
        if let text = asked.source {
            guard let number = try snapshot.number(ofText: text) else { return FoundStretches([], []) }
            source = number
        }
        var parts: [FoundStretches] = []
        for name in Set(asked.names.map(ExactName.init)).sorted(by: { $0.text < $1.text }) {
            guard let known = table.classes[name] else { continue }
            let list = Int32(lists.count)
            lists.append((name.text, .intervals(known)))
            let stretches = known.index.stretches
            let all = FoundStretches(
                stretches, stretches.indices.map { .init(list: list, place: Int32($0)) }, index: known.index)
            var (stream, isSelected) = (UInt32.max, false)
            let some = all.keeping { place in
                if stretches[place].stream != stream || place == 0 {
                    stream = stretches[place].stream
                    isSelected = selected.contains(stream)
                }
                // A score that is missing is no number, and reaches nothing.
                return isSelected && source.map { $0 == known.sources[place] } ?? true
                    && asked.minScore.map { known.scores[place] >= $0 } ?? true
            }
            parts.append(try asked.inRectangle.map { try part(of: some, known, name.text, in: $0) } ?? some)
        }
        return parts.isEmpty ? FoundStretches([], []) : FoundStretches.merged(parts)
    }

    private func tracked(_ asked: TrackedIntervals) throws -> FoundStretches {
        let source = try asked.source.map { try snapshot.number(ofText: $0) ?? -1 }
        var names: [Int64: String] = [:]
        for name in asked.names { if let number = try snapshot.number(ofText: name) { names[number] = name } }
        var labels: [Int64: [(label: ScannedLabel, track: Track)]] = [:]
        if !names.isEmpty, !selected.isEmpty {
            let isAll = selected.count == snapshot.count(of: videos)
            try snapshot.forEachLabel(of: videos, .track, in: isAll ? nil : Array(selected.ids)) { label in
                guard names[label.name] != nil, source == nil || source == label.source,
                    asked.minScore.map({ (label.confidence ?? .nan) >= $0 }) ?? true,
                    selected.contains(label.target),
                    // Labels that do not tell where the box is are none, as everywhere.
                    let value = try? JSON.parse(label.geometry), let track = Track(value)
                else { return }
                labels[label.name, default: []].append((label, track))
            }
        }
        var parts: [FoundStretches] = []
        for (number, tracks) in labels.sorted(by: { $0.key < $1.key }) {
            guard let name = names[number] else { continue }
            let list = Int32(lists.count)
            lists.append((name, .tracks(tracks.map(\.label))))
            var all: [(stretch: Stretch, origin: FoundStretches.Origin)] = []
            for (place, one) in tracks.enumerated() {
                try cancellation.check()
                for stretch in try stretches(of: one.track, of: one.label.target, asked.inRectangle) {
                    all.append((stretch, .init(list: list, place: Int32(place))))
                }
            }
            all.sort { $0.stretch < $1.stretch }
            parts.append(FoundStretches(all.map(\.stretch), all.map(\.origin)))
        }
        return parts.isEmpty ? FoundStretches([], []) : FoundStretches.merged(parts)
    }

    /// When a tracked thing is there, or in a rectangle.
    private func stretches(
        of track: Track, of video: LocalID, _ rectangle: RegionRectangle?
    ) throws -> [Stretch] {
        let stored = try snapshot.storedBytes(videos.entityID(video), class: videos.name)
        let index = try frameIndex(stored)
        let frames = track.frames.clamped(to: 0..<index.count)
        var runs: [Range<Int>] = []
        if let rectangle {
            try countFrames(frames.count)
            for frame in frames {
                guard let box = track.box(at: frame), rectangle.contains(middleOf: box) else { continue }
                if let last = runs.last, last.upperBound == frame {
                    runs[runs.count - 1] = last.lowerBound..<frame + 1
                } else {
                    runs.append(frame..<frame + 1)
                }
            }
        } else if !frames.isEmpty {
            runs = [frames]
        }
        return runs.compactMap { stretch(of: $0, of: video, index) }
    }

    /// When frames of a video are shown; that they are these is remembered for what is told.
    func stretch(of run: Range<Int>, of video: LocalID, _ index: FrameIndex) -> Stretch? {
        guard let start = IntervalTable.ticks(index.seconds(of: run.lowerBound)),
            let stop = IntervalTable.ticks(index.end(of: run.upperBound - 1)),
            let stretch = Stretch(stream: video, start, max(start + 1, stop))
        else { return nil }
        trackedFrames[Moment(stream: video, tick: stretch.start)] = run.lowerBound
        trackedFrames[Moment(stream: video, tick: stretch.end)] = run.upperBound
        return stretch
    }

    /// Counts frames that are looked at by themselves.
    /// - Throws: ``EngineError/Code/limitExceeded``.
    func countFrames(_ count: Int) throws {
        lookedAt += count
        guard lookedAt <= IntervalSearch.trackedFrameLimit else {
            throw EngineError(
                .limitExceeded,
                "more than \(IntervalSearch.trackedFrameLimit) frames would be looked at: ask about fewer videos or label classes"
            )
        }
    }

    /// The selected videos from their beginning to their end.
    private func wholeVideos() throws -> StretchSet {
        if extents == nil {
            var known: [UInt32: (end: Int64, frames: Int)] = [:]
            try snapshot.forEachEntity(
                of: videos, Array(selected.ids), properties: ["duration", "frame_count"]
            ) { row in
                guard let end = row.properties["duration"]?.floatValue.flatMap(IntervalTable.ticks), end > 0
                else { return }
                known[row.id.local] = (end, Int(row.properties["frame_count"]?.integerValue ?? 0))
            }
            extents = known
        }
        return StretchSet(
            (extents ?? [:]).sorted { $0.key < $1.key }.compactMap {
                Stretch(stream: $0.key, 0, $0.value.end)
            })
    }

    // MARK: - What is told

    private func frames(
        of stretch: Stretch, _ origin: FoundStretches.Origin?
    ) -> (start: Int?, stop: Int?) {
        if let origin, case .intervals(let known) = lists[Int(origin.list)].labels,
            case let place = Int(origin.place), known.index.stretches[place] == stretch
        {
            return (Int(known.starts[place]), Int(known.stops[place]))
        }
        return (frame(at: stretch.start, of: stretch.stream), frame(at: stretch.end, of: stretch.stream))
    }

    /// The frame that begins at a tick: every stretch begins and ends where a label, a track or a video does.
    private func frame(at tick: Int64, of stream: UInt32) -> Int? {
        if let frame = trackedFrames[Moment(stream: stream, tick: tick)] { return frame }
        for list in lists {
            guard case .intervals(let known) = list.labels else { continue }
            if let frame = known.frame(at: tick, of: stream) { return frame }
        }
        if tick == 0 { return 0 }
        guard let whole = extents?[stream], whole.end == tick else { return nil }
        return whole.frames
    }

    private func addLabel(_ origin: FoundStretches.Origin, to told: inout Document) throws {
        let place = Int(origin.place)
        let (score, source, label): (Double?, Int64, LabelID) =
            switch lists[Int(origin.list)].labels {
            case .intervals(let known): (known.scores[place], known.sources[place], known.labels[place])
            case .tracks(let labels): (labels[place].confidence, labels[place].source, labels[place].id)
            }
        if let score, !score.isNaN { told["score"] = .float(score) }
        let text = try sources[source] ?? snapshot.text(ofNumber: source)
        sources[source] = text
        if let text { told["source"] = .string(text) }
        told["label"] = .integer(label)
    }

    private static func ticks(_ seconds: Double) -> Int64 { Int64((seconds * 1e6).rounded()) }
}

extension IntervalRelation {
    /// The same of stretches.
    /// - Parameter seconds: Between the two at most.
    fileprivate func stretchRelation(within seconds: Double?) -> StretchRelation {
        let within = seconds.map { Int64(($0 * 1e6).rounded()) } ?? .max
        return switch self {
        case .before: .before(within: within)
        case .after: .after(within: within)
        case .precedes: .precedes(within: within)
        case .meets: .meets
        case .metBy: .metBy
        case .overlaps: .overlaps
        case .overlappedBy: .overlappedBy
        case .starts: .starts
        case .startedBy: .startedBy
        case .during: .during
        case .contains: .contains
        case .finishes: .finishes
        case .finishedBy: .finishedBy
        case .equals: .equals
        case .intersects: .intersects
        }
    }
}
