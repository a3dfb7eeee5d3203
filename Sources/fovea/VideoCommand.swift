import ArgumentParser
import Base
import Engine
import Media
import Server
import SystemPackage

struct VideoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "video",
        abstract:
            "Look into videos: what a file is, which frames it has, what moves, and frames as pictures.",
        discussion: """
            Videos are added with 'fovea add', and found with 'fovea find --class Video'. A frame has a number, from 0 in \
            the order in which frames are shown.

            Examples:
              fovea video probe 2.0.1
              fovea video frames 2.0.1 --keyframes
              fovea video frames 2.0.1 --fps 1 -o pictures
              fovea video intervals 2.0.1 --tag motion
              fovea video tag
              fovea video stats
              fovea video cascade people.yaml
              fovea get 2.0.1 --frame 40 --op resize=320x180 -o still.jpg
            """,
        subcommands: [
            VideoProbeCommand.self, VideoFramesCommand.self, VideoMotionCommand.self,
            VideoIntervalsCommand.self, VideoTagCommand.self, VideoStatsCommand.self,
            VideoCascadeCommand.self, VideoTracksCommand.self,
            VideoCutCommand.self, VideoSequenceCommand.self, VideoWatchCommand.self,
            VideoRecordCommand.self,
        ])
}

struct VideoProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Show what the files of videos are.",
        discussion: """
            Examples:
              fovea video probe 2.0.1
              fovea video probe 2.0.1 2.0.2 --json
            """)

    @Argument(help: "The videos' _uniqueid.")
    var ids: [String]
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (ids, isJSON) = (ids, output.json)
        try await store.withClient { client in
            try await EachVideo.run(ids) { id in
                let video = try await client.call("GET", "/v1/entities/Video/\(URLText.encode(id))")
                if isJSON { return Terminal.print(video.json) }
                let width = video.members.map { Table.width(of: $0.key) }.max() ?? 0
                for (key, value) in video.members {
                    let space = String(repeating: " ", count: width - Table.width(of: key) + 2)
                    Terminal.print(key + space + EntityTable.text(value))
                }
            }
        }
    }
}

struct VideoFramesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frames", abstract: "List the frames of videos or clips, or write them to a folder.",
        discussion: """
            A list tells of each frame its number, its time in seconds from the first frame of the video, whether it is a \
            keyframe, and the CRC-32 of its luma samples, for which it is decoded; --no-crc is quicker. With -o frames are \
            written as {video}-{frame}.jpg.

            Examples:
              fovea video frames 2.0.1 --json
              fovea video frames 2.0.1 --from 100 --to 200 --every 10
              fovea video frames 2.0.1 --fps 2 -o pictures --quality 85
              fovea video frames 2.0.1 --keyframes -o pictures --format png --op resize=320x180
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case jpeg, png }

    @Argument(help: "The _uniqueid of videos, clips or frames.")
    var ids: [String]
    @Option(help: "The first frame.")
    var from = 0
    @Option(help: "The first frame that no longer is. Default: all that follow.")
    var to: Int?
    @Option(help: "Every nth frame of them.")
    var every: Int?
    @Option(help: "The frames nearest to so many times a second; none twice.")
    var fps: Double?
    @Flag(help: "Only keyframes: those that need no other.")
    var keyframes = false
    @Flag(inversion: .prefixedNo, help: "Decode each frame and tell its checksum.")
    var crc = true
    @Option(name: [.customShort("o"), .customLong("output")], help: "A folder to write frames to.")
    var folder: String?
    @Option(help: "What frames are written as.")
    var format = Format.jpeg
    @Option(help: "Of JPEG, from 1 to 100.")
    var quality = 90
    @Option(help: "An operation on each frame, such as resize=320x180; may be given several times.")
    var op: [String] = []
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if from < 0 { throw ValidationError("--from must be 0 or more.") }
        if let to, to < from { throw ValidationError("--to must not be before --from.") }
        if let every, every < 1 { throw ValidationError("--every must be 1 or more.") }
        if let fps, !(fps > 0 && fps.isFinite) { throw ValidationError("--fps must be above 0.") }
        if [every != nil, fps != nil, keyframes].count(where: { $0 }) > 1 {
            throw ValidationError("--every, --fps and --keyframes exclude each other.")
        }
        if !(1...100).contains(quality) { throw ValidationError("--quality must be in 1...100.") }
        if folder == "" { throw ValidationError("--output is empty: name a folder.") }
        if folder == nil, !op.isEmpty { throw ValidationError("--op needs -o: frames are only listed.") }
        for name in op.map({ $0.prefix { $0 != "=" } }) {
            guard OperationTable.reference(named: name)?.stage == .output else { continue }
            throw ValidationError(
                "--op \(name) is not for frames: --format and --quality say what they are written as.")
        }
    }

    func run() async throws {
        var span: Document = ["from": .integer(Int64(from))]
        if let to { span["to"] = .integer(Int64(to)) }
        if let every { span["every"] = .integer(Int64(every)) }
        if let fps { span["fps"] = .float(fps) }
        if keyframes { span["keyframes"] = true }
        let frames = AskedFrames(span: span, isJSON: output.json, namesVideo: ids.count > 1)
        let encoding = format == .jpeg ? "encode=jpeg,quality=\(quality)" : "encode=png"
        let export = folder.map { folder in
            FrameFolder(
                path: FilePath(folder).absolute, shown: folder, ending: format == .jpeg ? "jpg" : "png",
                operations: op + [encoding])
        }
        let (ids, crc) = (ids, crc)
        try await store.withClient { client in
            try await EachVideo.run(ids) { id in
                if let export {
                    try await frames.write(id, to: export, client)
                } else {
                    try await frames.list(id, crc: crc, client)
                }
            }
        }
    }
}

/// Where frames are written to, and how.
private struct FrameFolder: Sendable {
    var path: FilePath
    /// As it was named.
    var shown: String
    var ending: String
    var operations: [String]
}

/// Frames that were asked for, and how they are told of.
private struct AskedFrames: Sendable {
    var span: Document
    var isJSON: Bool
    var namesVideo: Bool

    func list(_ id: String, crc: Bool, _ client: StoreClient) async throws {
        let items = span.members.map { "\($0.key)=\(URLText.encode(EntityTable.text($0.value)))" }
        let path =
            "/v1/entities/\(URLText.encode(try await client.className(of: id)))/\(URLText.encode(id))/frames?"
            + (items + ["crc=\(crc)"]).joined(separator: "&")
        if !isJSON, namesVideo { Terminal.print(id) }
        if !isJSON { Terminal.print("index      time  keyframe\(crc ? "  crc" : "")") }
        var damaged = 0
        try await client.lines("GET", path, nil) { line, bytes in
            if line["damaged"] == true { damaged += 1 }
            guard isJSON else { return Terminal.print(AskedFrames.row(line)) }
            guard namesVideo else { return Terminal.write(bytes + [0x0A]) }
            let told = Document([("video", .string(id))] + line.members.map { ($0.key, $0.value) })
            Terminal.print(told.json)
        }
        guard crc, damaged > 0 else { return }
        if !isJSON { Terminal.report("\(id): \(damaged) frames are damaged and have no checksum") }
        throw ExitStatus.findings.exitCode
    }

    func write(_ id: String, to folder: FrameFolder, _ client: StoreClient) async throws {
        var body = span
        body["id"] = .string(id)
        body["class"] = .string(try await client.className(of: id))
        body["folder"] = .string(folder.path.string)
        body["ending"] = .string(folder.ending)
        body["operations"] = .array(folder.operations.map { .string($0) })
        var progress = ProgressLine()
        var (count, byteCount, damaged) = (0, 0, 0)
        try await client.lines("POST", "/v1/holder/frames", body) { line, bytes in
            if line["damaged"] == true { damaged += 1 } else { count += 1 }
            byteCount += Int(line["bytes"]?.integerValue ?? 0)
            if isJSON { return Terminal.write(bytes + [0x0A]) }
            if count % 50 == 0 { progress.show("\(count) frames") }
        }
        progress.clear()
        if !isJSON { Terminal.report("\(id): \(count) frames in \(folder.shown), \(ByteCount(byteCount))") }
        guard damaged > 0 else { return }
        if !isJSON { Terminal.report("\(id): \(damaged) frames are damaged and were not written") }
        throw ExitStatus.findings.exitCode
    }

    private static func row(_ line: Document) -> String {
        let cells = [
            Columns.padded(EntityTable.text(line["index"]), 5),
            Columns.padded(Columns.decimals(line["time"]?.floatValue ?? 0, 3), 8),
            line["keyframe"]?.booleanValue == true ? "     yes" : "        ",
            line["crc"]?.stringValue ?? (line["damaged"] == true ? "damaged" : nil),
        ]
        return cells.compactMap { $0 }.joined(separator: "  ")
    }
}

extension StoreClient {
    /// The class that an id is of; that of images for what is no id, or of no class.
    func className(of id: String) async throws -> String {
        try await knownClass(of: id) ?? Store.imageClass
    }

    /// The class that an id is of; `nil` for what is no id, or of no class.
    func knownClass(of id: String) async throws -> String? {
        guard EntityID(id) != nil else { return nil }
        do {
            return try await call("GET", "/v1/holder/classes/\(URLText.encode(id))")["class"]?.stringValue
        } catch let error as EngineError where error.code == .notFound {
            return nil
        }
    }
}
