import Base
import Catalog
import Engine
import Media

/// What is known of the frames of one pushed video: which frames its project looks at, and which tags each
/// of them has.
public struct SieveFootage: Sendable {
    /// Fields that every frame may have, whatever clients say of its video.
    static let ownFields: Set<String> = [
        "project_name", "video_name", "frame_number", "time", "image_width", "image_height", "aspect_ratio",
        "group_id", "train", "storage_path", "video_url", "signed_url", "motion_detected", "person_detected",
        "person_count", "blur", "sharpness", "contrast", "brightness", "lighting", "noise", "start_index",
        "end_index", "next_start", "export_name", "start_frame", "end_frame", "class", "temporal", "_id",
        "object_id",
    ]

    /// Where a tag has which value.
    private struct Tag: Sendable {
        /// In order; of stretches that overlap the later one counts.
        var stretches: [(frames: Range<Int>, value: Value)]
        /// Of all other frames; `nil` where nothing is known of them.
        var otherwise: Value?

        func value(at frame: Int) -> Value? {
            var (low, high) = (0, stretches.count)
            while low < high {
                let middle = (low + high) / 2
                if stretches[middle].frames.lowerBound <= frame { low = middle + 1 } else { high = middle }
            }
            if low > 0, stretches[low - 1].frames.contains(frame) { return stretches[low - 1].value }
            return otherwise
        }
    }

    let video: SieveVideo
    /// The frames that the project looks at, ascending.
    let numbers: [Int]
    /// When the frames of the video are shown; `nil` for an image, which is one frame.
    let index: FrameIndex?
    let width, height: Int
    let constants: Document
    private let tags: [String: Tag]
    /// Objects that somebody follows through the video.
    let objects: [SieveObject]

    /// - Parameters:
    ///   - numbers: of the frames that are looked at.
    ///   - properties: of the video or image in the store.
    init(
        _ video: SieveVideo, numbers: [Int], _ index: FrameIndex?, properties: Document, labels: [Label],
        hasMotion: Bool
    ) {
        self.video = video
        self.numbers = numbers
        self.index = index
        width = properties["width"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        height = properties["height"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        var constants: Document = [
            "project_name": .string(video.project), "video_name": .string(video.name),
            "image_width": .integer(Int64(width)), "image_height": .integer(Int64(height)),
            "aspect_ratio": .string(SieveFootage.ratio(width, height)),
            "group_id": .string(video.jobID), "train": .boolean(properties["split"] == "train"),
            "video_url": .string(video.url),
        ]
        for (name, value) in video.userMetadata.members { constants[name] = value }
        self.constants = constants
        tags = SieveFootage.tags(labels, video, hasMotion: hasMotion)
        objects = labels.compactMap { SieveObject($0, of: video) }
    }

    /// How many frames the video has, whether they are looked at or not.
    var frameCount: Int { index?.count ?? 1 }

    /// When a frame is shown, in seconds from the video's beginning; the last one's time for those behind it.
    func seconds(of frame: Int) -> Double {
        guard let index, index.count > 0 else { return 0 }
        return index.seconds(of: min(frame, index.count - 1))
    }

    /// The names of all tags that its frames may have.
    var fields: Set<String> {
        Set(tags.keys).union(constants.keys).union(["frame_number", "time", "storage_path"])
    }

    /// The value of a field of a frame; `nil` where it has none.
    func value(_ field: String, at frame: Int) -> Value? {
        switch field {
        case "frame_number": .integer(Int64(frame))
        case "time": .float(seconds(of: frame))
        case "storage_path": .string(storagePath(of: frame))
        default: constants[field] ?? tags[field]?.value(at: frame)
        }
    }

    /// Where a frame lies in an export.
    func storagePath(of frame: Int) -> String {
        "\(video.project)/\(video.name)/\(video.name)-\(frame).jpg"
    }

    /// All that is known of a frame.
    func document(of frame: Int) -> Document {
        var document = constants
        document["frame_number"] = .integer(Int64(frame))
        document["time"] = .float(seconds(of: frame))
        for name in tags.keys.sorted() {
            if let value = tags[name]?.value(at: frame) { document[name] = value }
        }
        document["storage_path"] = .string(storagePath(of: frame))
        return document
    }

    /// Values that a field has anywhere, as texts, in order; `nil` for a field that is not there.
    func values(of field: String) -> [String]? {
        if let constant = constants[field] { return [SieveFootage.text(constant)] }
        guard let tag = tags[field] else { return nil }
        let all = tag.stretches.map(\.value) + [tag.otherwise].compactMap { $0 }
        return Set(all.map(SieveFootage.text)).sorted()
    }

    /// A value as it stands in a query string.
    static func text(_ value: Value) -> String {
        switch value {
        case .string(let text): text
        case .boolean(let flag): flag ? "True" : "False"
        default: value.json
        }
    }

    /// Runs of frames that were looked at, one after another, as first and last frame.
    func intervals(of frames: [Int]) -> [(from: Int, to: Int)] {
        var places: [Int: Int] = [:]
        for (place, number) in numbers.enumerated() { places[number] = place }
        var found: [(from: Int, to: Int)] = []
        var last: Int?
        for frame in frames {
            let place = places[frame]
            if let last, let place, place == last + 1 {
                found[found.count - 1].to = frame
            } else {
                found.append((frame, frame))
            }
            last = place
        }
        return found
    }

    // MARK: - Private

    private static func tags(
        _ labels: [Label], _ video: SieveVideo, hasMotion: Bool
    ) -> [String: Tag] {
        var stretches: [String: [(frames: Range<Int>, value: Value)]] = [:]
        // Of things that are there or not: where they are.
        var detected: [String: [Range<Int>]] = [:]
        for label in labels {
            guard let name = label.name else { continue }
            let frames: Range<Int>
            if video.isImage, [.class, .box].contains(label.kind) {
                frames = 0..<1
            } else if let interval = VideoInterval(label) {
                frames = interval.frames
            } else {
                continue
            }
            guard let colon = name.firstIndex(of: ":") else {
                detected["\(name)_detected", default: []].append(frames)
                continue
            }
            let (group, word) = (String(name[..<colon]), String(name[name.index(after: colon)...]))
            if group == PeopleExaminer.name {
                guard let count = Int64(word) else { continue }
                stretches["person_count", default: []].append((frames, .integer(count)))
                detected["person_detected", default: []] += count > 0 ? [frames] : []
            } else {
                stretches[group, default: []].append((frames, .string(word)))
            }
        }
        if hasMotion { detected["motion_detected", default: []] += [] }
        var tags: [String: Tag] = [:]
        for (name, some) in stretches {
            tags[name] = Tag(stretches: some.sorted { $0.frames.lowerBound < $1.frames.lowerBound })
        }
        for (name, some) in detected {
            var merged: [Range<Int>] = []
            for frames in some.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = merged.last, frames.lowerBound <= last.upperBound {
                    merged[merged.count - 1] =
                        last.lowerBound..<max(last.upperBound, frames.upperBound)
                } else {
                    merged.append(frames)
                }
            }
            tags[name] = Tag(stretches: merged.map { ($0, true) }, otherwise: false)
        }
        return tags
    }

    /// Width to height in whole numbers without a common divisor.
    private static func ratio(_ width: Int, _ height: Int) -> String {
        var (large, small) = (width, height)
        while small != 0 { (large, small) = (small, large % small) }
        return large == 0 ? "0:0" : "\(width / large):\(height / large)"
    }
}
