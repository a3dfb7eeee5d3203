import Annotations
import Base
import Catalog
import Media
import Query

/// In which frames of a video the middle of a box of a label class lies in a rectangle.
struct BoxFrames {
    struct Key: Hashable {
        var video: LocalID
        var name: String
    }

    /// Frames with boxes of the class, rising, with the boxes.
    let frames: [(number: Int, boxes: [Box])]

    /// The frames of `range` from one with such a box on until the next with any box of the class.
    func runs(in rectangle: RegionRectangle, within range: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var (low, high) = (0, frames.count)
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].number < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        for place in low..<frames.count {
            let begin = frames[place].number
            guard begin < range.upperBound else { break }
            let next = place + 1 < frames.count ? frames[place + 1].number : range.upperBound
            let end = min(next, range.upperBound)
            guard begin < end, frames[place].boxes.contains(where: { rectangle.contains(middleOf: $0) })
            else { continue }
            if let last = runs.last, last.upperBound == begin {
                runs[runs.count - 1] = last.lowerBound..<end
            } else {
                runs.append(begin..<end)
            }
        }
        return runs
    }
}

/// Tags in a part of the picture.
extension IntervalSearch {
    private static let motionSource = "tagger:motion@"

    /// What is left of intervals of a label class while the thing is in a rectangle: of those that a scan for
    /// motion found, by the cells in which something moves, of others by the boxes of the class.
    /// - Throws: ``EngineError/Code/invalidRequest`` where the cells of a video are not known.
    func part(
        of found: FoundStretches, _ known: IntervalTable.OfClass, _ name: String,
        in rectangle: RegionRectangle
    ) throws -> FoundStretches {
        var sources: [Int64: Bool] = [:]
        var footage: (video: LocalID, index: FrameIndex, digest: SHA256Digest)?
        var trace: (video: LocalID, trace: MotionTrace, size: (width: Int, height: Int))?
        var all: [(stretch: Stretch, origin: FoundStretches.Origin)] = []
        for (stretch, origin) in zip(found.stretches, found.origins ?? []) {
            try cancellation.check()
            let (video, place) = (stretch.stream, Int(origin.place))
            if footage?.video != video {
                let stored = try snapshot.storedBytes(videos.entityID(video), class: videos.name)
                footage = (video, try frameIndex(stored), stored.digest)
            }
            guard let footage else { continue }
            let range = (Int(known.starts[place])..<Int(known.stops[place]))
                .clamped(to: 0..<footage.index.count)
            let source = known.sources[place]
            let isMotion =
                try sources[source]
                ?? (snapshot.text(ofNumber: source)?.utf8.starts(with: IntervalSearch.motionSource.utf8)
                    ?? false)
            sources[source] = isMotion
            let runs: [Range<Int>]
            if isMotion {
                if trace?.video != video {
                    trace = (video, try self.trace(of: video, footage.digest), try size(of: video))
                }
                runs = trace.map { $0.trace.runs(in: rectangle, of: $0.size, within: range) } ?? []
            } else {
                runs = try boxFrames(of: video, name).runs(in: rectangle, within: range)
            }
            for run in runs {
                guard let part = self.stretch(of: run, of: video, footage.index) else { continue }
                all.append((part, origin))
            }
        }
        all.sort { $0.stretch < $1.stretch }
        return FoundStretches(all.map(\.stretch), all.map(\.origin))
    }

    // MARK: - Private

    private func trace(of video: LocalID, _ digest: SHA256Digest) throws -> MotionTrace {
        guard let trace = motionTrace(digest) else {
            let id = videos.entityID(video)
            throw EngineError(
                .invalidRequest,
                "where in the video \(id) something moves is not known: 'fovea video intervals \(id) --tag motion --again' looks once more",
                path: "in_rectangle")
        }
        return trace
    }

    /// Of upright frames.
    private func size(of video: LocalID) throws -> (width: Int, height: Int) {
        let row = try snapshot.entities(of: videos, [video], properties: ["width", "height"]).first
        func number(_ name: String) -> Int { Int(clamping: row?.properties[name]?.integerValue ?? 0) }
        return (number("width"), number("height"))
    }

    /// The frames of a video with boxes of a class.
    private func boxFrames(of video: LocalID, _ name: String) throws -> BoxFrames {
        let key = BoxFrames.Key(video: video, name: name)
        if let known = boxFrames[key] { return known }
        var boxes: [LocalID: [Box]] = [:]
        if let number = try snapshot.number(ofText: name),
            let joined = snapshot.schema.connectionClass(VideoPartClass.frame.connectionClass),
            let frames = snapshot.schema.entityClass(VideoPartClass.frame.rawValue)
        {
            let ids = try snapshot.connections(of: joined, from: videos.entityID(video))
                .map(\.target.local).sorted()
            try countFrames(ids.count)
            try snapshot.forEachLabel(of: frames, .box, in: ids) { label in
                // Labels that do not tell where the box is are none, as everywhere.
                guard label.name == number, let value = try? JSON.parse(label.geometry),
                    let box = Region.Geometry(value, .box)?.bounds
                else { return }
                boxes[label.target, default: []].append(box)
            }
            let places = try snapshot.videoPlaces(boxes.keys.sorted(), of: frames, .frame)
            let found = BoxFrames(
                frames: boxes.compactMap { id, boxes in
                    places[id].map { (number: $0.frames.lowerBound, boxes: boxes) }
                }.sorted { $0.number < $1.number })
            boxFrames[key] = found
            return found
        }
        return BoxFrames(frames: [])
    }
}

extension RegionRectangle {
    /// Whether the middle of a box lies within, the right and the lower edge excluded.
    func contains(middleOf box: Box) -> Bool {
        let (across, down) = (box.x + box.width / 2, box.y + box.height / 2)
        return x <= across && across < x + width && y <= down && down < y + height
    }
}
