public import Base

/// How many frames of some videos have which tags: exact counts, of the stretches that intervals say.
public struct FrameStatistics: Sendable {
    /// Of all of them, or of the ones in a subset.
    public struct Total: Sendable, Hashable {
        public var videos = 0
        public var frames = 0
        /// How long they last together.
        public var seconds = 0.0
        /// Frames that an interval of a tag covers, each counted once, and in how many videos there are any.
        public var tags: [String: TagCount] = [:]

        /// Of one tag.
        public struct TagCount: Sendable, Hashable {
            public var frames = 0
            public var videos = 0
        }

        mutating func add(_ video: PerVideo) {
            videos += 1
            frames += video.frames
            seconds += video.seconds
            for (tag, count) in video.tags {
                tags[tag, default: TagCount()].frames += count
                tags[tag, default: TagCount()].videos += 1
            }
        }

        /// In percent of all frames.
        func percent(_ tag: String) -> Double {
            frames == 0 ? 0 : 100 * Double(tags[tag]?.frames ?? 0) / Double(frames)
        }

        var document: Document {
            [
                "videos": .integer(Int64(videos)), "frames": .integer(Int64(frames)),
                "seconds": .float(seconds),
            ]
        }
    }

    /// Of one video or clip.
    public struct PerVideo: Sendable {
        public var id: EntityID
        /// The property `path`, if it has one.
        public var path: String?
        public var frames: Int
        public var seconds: Double
        /// Frames that an interval of a tag covers.
        public var tags: [String: Int]
    }

    public internal(set) var total = Total()
    /// Of those that a second filter matches as well; `nil` without one.
    public internal(set) var subset: Total?
    /// In the order of their ids; empty where they are not asked for.
    public internal(set) var perVideo: [PerVideo] = []

    /// Frames of `bounds` that intervals cover, each counted once.
    static func coverage(_ ranges: [Range<Int>], within bounds: Range<Int>) -> Int {
        var (count, end) = (0, bounds.lowerBound)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = max(range.lowerBound, end)
            let stop = min(range.upperBound, bounds.upperBound)
            guard start < stop else { continue }
            count += stop - start
            end = stop
        }
        return count
    }

    /// As the routes tell it: `videos`, `frames`, `seconds`; `tags`, the most frequent first, each with
    /// `frames`, `percent` and `videos`; with a subset its own of these, and `groups`, of each tagger the
    /// distance of the distributions of its tags.
    public var document: Document {
        var document = total.document
        let names = Set(total.tags.keys).union(subset?.tags.keys ?? [:].keys)
        func frames(_ name: String) -> Int { total.tags[name]?.frames ?? 0 }
        let ordered = names.sorted { (-frames($0), $0) < (-frames($1), $1) }
        document["tags"] = .array(
            ordered.map { name in
                var line: Document = [
                    "tag": .string(name), "frames": .integer(Int64(frames(name))),
                    "percent": .float(total.percent(name)),
                    "videos": .integer(Int64(total.tags[name]?.videos ?? 0)),
                ]
                if let subset {
                    let percent = subset.percent(name)
                    line["subset_frames"] = .integer(Int64(subset.tags[name]?.frames ?? 0))
                    line["subset_percent"] = .float(percent)
                    line["difference"] = .float(percent - total.percent(name))
                }
                return .object(line)
            })
        if let subset {
            document["subset"] = .object(subset.document)
            document["groups"] = .array(
                FrameStatistics.distances(total, subset).map {
                    ["group": .string($0.group), "distance": .float($0.distance)]
                })
        }
        if !perVideo.isEmpty {
            document["per_video"] = .array(perVideo.map { .object($0.document) })
        }
        return document
    }

    /// Of each tagger (what stands before the colon of its tags), half the sum of the differences between the
    /// parts that its tags have of all frames that it has tagged: 0 for equal distributions, 1 for those that
    /// have nothing in common. Only of taggers that have tagged frames of both.
    static func distances(_ one: Total, _ other: Total) -> [(group: String, distance: Double)] {
        func groups(_ total: Total) -> [String: [String: Double]] {
            var groups: [String: [String: Double]] = [:]
            for (name, count) in total.tags where count.frames > 0 {
                guard let colon = name.firstIndex(of: ":") else { continue }
                groups[String(name[..<colon]), default: [:]][name] = Double(count.frames)
            }
            return groups.mapValues { counts in
                let sum = counts.values.reduce(0, +)
                return counts.mapValues { $0 / sum }
            }
        }
        let others = groups(other)
        return groups(one).compactMap { group, parts in
            guard let otherParts = others[group] else { return nil }
            let names = Set(parts.keys).union(otherParts.keys).sorted()
            let sum = names.reduce(0.0) { $0 + abs((parts[$1] ?? 0) - (otherParts[$1] ?? 0)) }
            return (group, sum / 2)
        }.sorted { $0.group < $1.group }
    }
}

extension FrameStatistics.PerVideo {
    var document: Document {
        var line: Document = ["video": .string(id.description)]
        if let path { line["path"] = .string(path) }
        line["frames"] = .integer(Int64(frames))
        line["seconds"] = .float(seconds)
        line["tags"] = .object(
            Document(
                tags.sorted { $0.key < $1.key }.map { name, count in
                    (
                        name,
                        [
                            "frames": .integer(Int64(count)),
                            "percent": .float(frames == 0 ? 0 : 100 * Double(count) / Double(frames)),
                        ]
                    )
                }))
        return line
    }
}
