import Annotations
import Base
import Catalog

/// All intervals that labels tell of, by their label class: sorted columns in memory.
///
/// Times are microseconds from the video's beginning; the stream of a stretch is the local id of the video.
struct IntervalTable: Sendable {
    /// Intervals that are kept at most: some 80 bytes each.
    static let limit = 5_000_000

    /// The intervals of one label class.
    struct OfClass: Sendable {
        let index: StretchIndex
        /// The numbers of the first frame, and of the first that no longer is one.
        let starts, stops: [Int32]
        /// NaN where there is none.
        let scores: [Double]
        let labels: [LabelID]
        /// Numbers of texts.
        let sources: [Int64]
        /// Places in the order of ends.
        let byEnd: [UInt32]

        /// What was read from a file.
        init(
            _ index: StretchIndex, starts: [Int32], stops: [Int32], scores: [Double], labels: [LabelID],
            sources: [Int64], byEnd: [UInt32]
        ) {
            self.index = index
            self.starts = starts
            self.stops = stops
            self.scores = scores
            self.labels = labels
            self.sources = sources
            self.byEnd = byEnd
        }

        fileprivate init(_ rows: [Row]) {
            let rows = rows.sorted {
                $0.stretch != $1.stretch ? $0.stretch < $1.stretch : $0.label < $1.label
            }
            index = StretchIndex(rows.map(\.stretch))
            starts = rows.map(\.start)
            stops = rows.map(\.stop)
            scores = rows.map(\.score)
            labels = rows.map(\.label)
            sources = rows.map(\.source)
            byEnd = (0..<UInt32(rows.count)).sorted {
                let (one, other) = (rows[Int($0)].stretch, rows[Int($1)].stretch)
                return (one.stream, one.end) < (other.stream, other.end)
            }
        }

        fileprivate var rows: [Row] {
            index.stretches.indices.map { place in
                Row(
                    stretch: index.stretches[place], start: starts[place], stop: stops[place],
                    score: scores[place], label: labels[place], source: sources[place])
            }
        }

        /// The frame that begins at a tick at which one of the intervals begins or ends.
        func frame(at tick: Int64, of stream: UInt32) -> Int? {
            let stretches = index.stretches
            let starting = stretches.partition { ($0.stream, $0.start) >= (stream, tick) }
            if starting < stretches.count, stretches[starting].stream == stream,
                stretches[starting].start == tick
            {
                return Int(starts[starting])
            }
            let ending = byEnd.partition {
                (stretches[Int($0)].stream, stretches[Int($0)].end) >= (stream, tick)
            }
            guard ending < byEnd.count, case let place = Int(byEnd[ending]),
                stretches[place].stream == stream, stretches[place].end == tick
            else { return nil }
            return Int(stops[place])
        }
    }

    fileprivate struct Row {
        var stretch: Stretch
        var start, stop: Int32
        var score: Double
        var label: LabelID
        var source: Int64
    }

    let classes: [ExactName: OfClass]

    /// Reads all intervals of videos.
    /// - Throws: ``EngineError/Code/limitExceeded`` beyond ``limit``.
    init(_ videos: ClassSchema, in snapshot: CatalogSnapshot) throws {
        classes = try IntervalTable.read(videos, nil, in: snapshot).mapValues { OfClass($0) }
    }

    init(_ classes: [ExactName: OfClass]) { self.classes = classes }

    /// How many intervals it holds.
    var count: Int { classes.values.reduce(0) { $0 + $1.labels.count } }

    /// The same with the intervals of some videos read anew.
    func reading(
        _ changed: Set<LocalID>, of videos: ClassSchema, in snapshot: CatalogSnapshot
    ) throws -> IntervalTable {
        if changed.isEmpty { return self }
        let fresh = try IntervalTable.read(videos, changed.sorted(), in: snapshot)
        var next = classes
        for (name, known) in classes {
            let isTouched = known.index.stretches.contains { changed.contains($0.stream) }
            guard isTouched || fresh[name] != nil else { continue }
            let rows = known.rows.filter { !changed.contains($0.stretch.stream) } + (fresh[name] ?? [])
            next[name] = rows.isEmpty ? nil : OfClass(rows)
        }
        for (name, rows) in fresh where classes[name] == nil { next[name] = OfClass(rows) }
        let table = IntervalTable(next)
        guard table.count <= IntervalTable.limit else { throw IntervalTable.tooMany }
        return table
    }

    // MARK: - Private

    private static var tooMany: EngineError {
        EngineError(.limitExceeded, "videos have more than \(limit) intervals; questions are put to so many")
    }

    private static func read(
        _ videos: ClassSchema, _ ids: [LocalID]?, in snapshot: CatalogSnapshot
    ) throws -> [ExactName: [Row]] {
        var rows: [Int64: [Row]] = [:]
        var count = 0
        try snapshot.forEachLabel(of: videos, .interval, in: ids) { label in
            // Labels that do not tell their frames are none, as everywhere.
            guard let geometry = (try? JSON.parse(label.geometry))?.objectValue,
                let interval = VideoInterval("", geometry),
                let start = ticks(interval.start), let stop = ticks(interval.stop),
                // A last frame of which nothing tells how long it is shown still is one.
                let stretch = Stretch(stream: label.target, start, max(start + 1, stop))
            else { return }
            count += 1
            guard count <= limit else { throw tooMany }
            rows[label.name, default: []].append(
                Row(
                    stretch: stretch, start: Int32(clamping: interval.frames.lowerBound),
                    stop: Int32(clamping: interval.frames.upperBound), score: label.confidence ?? .nan,
                    label: label.id, source: label.source))
        }
        var named: [ExactName: [Row]] = [:]
        for (number, rows) in rows {
            guard let name = try snapshot.text(ofNumber: number) else { continue }
            named[ExactName(name)] = rows
        }
        return named
    }

    /// Microseconds; `nil` beyond what a stretch holds.
    static func ticks(_ seconds: Double) -> Int64? {
        let ticks = (seconds * 1e6).rounded()
        guard abs(ticks) < Double(Stretch.bounds.upperBound) else { return nil }
        return Int64(ticks)
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first place at which `isBehind`, which is false up to a place and true from there on.
    fileprivate func partition(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
