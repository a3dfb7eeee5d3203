import ArgumentParser
import Base
import Engine
import Media
import Pipeline
import Server
import SystemPackage

struct VideoCutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut", abstract: "Write a part of a video or clip to a file, or make a clip of it.",
        discussion: """
            The file's ending says what it is: mp4, mov, mkv, webm or avi. Exactly the frames asked for are encoded anew; \
            with --copy nothing is, but the file begins with the keyframe before, and ends where no frame is missing. Sound \
            goes along. With --clip nothing is written: a clip is added to the store, a stretch of the video without a \
            copy of it.

            Examples:
              fovea video cut 2.0.1 --start 12.5 --end 20 -o crossing.mp4
              fovea video cut 2.0.1 --from 300 --to 500 --copy -o crossing.mkv
              fovea video cut 2.0.1 --start 12.5 --end 20 --clip --label crossing --property light=day
            """)

    @Argument(help: "The video's or clip's _uniqueid.")
    var id: String
    @Option(help: "The first frame.")
    var from: Int?
    @Option(help: "The first frame that no longer is.")
    var to: Int?
    @Option(help: "Begin so many seconds after the first frame.")
    var start: Double?
    @Option(help: "End before so many seconds after the first frame.")
    var end: Double?
    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write.")
    var file: String?
    @Flag(help: "Copy packets, and encode nothing.")
    var copy = false
    @Option(
        help: "What frames are encoded by: \(VideoCodec.allCases.map(\.rawValue).joined(separator: ", ")).")
    var codec: String?
    @Option(help: "Of encoded frames, from 0 to 100.")
    var quality = 75
    @Flag(help: "Add a clip to the store, and write nothing.")
    var clip = false
    @Option(help: "With --clip: its label.")
    var label: String?
    @Option(help: "With --clip: a property, name=value; may be given several times.")
    var property: [String] = []
    @OptionGroup var store: StoreOption
    @OptionGroup var result: OutputOption

    func validate() throws {
        if (file == nil) != clip { throw ValidationError("Give a file by -o, or --clip.") }
        if from != nil || to != nil, start != nil || end != nil {
            throw ValidationError("Give frames by --from and --to, or times by --start and --end.")
        }
        if !clip, label != nil || !property.isEmpty {
            throw ValidationError("--label and --property are for --clip.")
        }
        if copy, codec != nil { throw ValidationError("--copy encodes nothing: leave --codec out.") }
        if !(0...100).contains(quality) { throw ValidationError("--quality must be in 0...100.") }
        for text in property where text.first == "=" || !text.contains("=") {
            throw ValidationError("--property '\(text)' must be name=value.")
        }
    }

    func run() async throws {
        var body = Document()
        if let from { body["from"] = .integer(Int64(from)) }
        if let to { body["to"] = .integer(Int64(to)) }
        if let start { body["start_time"] = .float(start) }
        if let end { body["stop_time"] = .float(end) }
        let answer = clip ? try await addClip(body) : try await write(body)
        guard !result.json else { return Terminal.print(answer.json) }
        func text(_ name: String) -> String { EntityTable.text(answer[name]) }
        if clip {
            return Terminal.print(
                "clip \(text("_uniqueid")): frames \(text("start_frame")) up to \(text("stop_frame"))")
        }
        Terminal.report(
            "\(file ?? ""): frames \(text("start_frame")) up to \(text("stop_frame")), \(Columns.decimals(answer["duration"]?.floatValue ?? 0, 3)) s, \(ByteCount(Int(answer["bytes"]?.integerValue ?? 0)))"
        )
    }

    private func addClip(_ part: Document) async throws -> Document {
        var body = part
        body["video"] = .string(id)
        if let label { body["label"] = .string(label) }
        var properties = Document()
        for text in property {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            properties[String(parts[0])] = Value(inferredFrom: String(parts[1]))
        }
        if !properties.isEmpty { body["properties"] = .object(properties) }
        let request = body
        return try await store.withClient { try await $0.call("POST", "/v1/entities/Clip", request) }
    }

    private func write(_ part: Document) async throws -> Document {
        var body = part
        body["id"] = .string(id)
        body["file"] = .string(FilePath(file ?? "").absolute.string)
        body["copy"] = .boolean(copy)
        body["quality"] = .integer(Int64(quality))
        if let codec { body["codec"] = .string(codec) }
        let (request, id) = (body, id)
        return try await store.withClient { client in
            var request = request
            request["class"] = .string(try await client.className(of: id))
            return try await client.call("POST", "/v1/holder/cut", request)
        }
    }
}
