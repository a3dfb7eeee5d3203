import ArgumentParser
import Base
import Server

struct VideoStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Tell how many frames of videos have which tags.",
        discussion: """
            A frame has a tag where an interval of its video says so: motion, those of 'fovea video tag', of models and of \
            people. With --subset the videos of a second filter are compared with all: how many percent of their frames \
            have each tag, and of each tagger how far both distributions are apart, from 0 to 1.

            Examples:
              fovea video stats
              fovea video stats '{"camera": "gate"}' --per-video
              fovea video stats --subset '{"curated": true}' --json
            """)

    @OptionGroup var selection: VideoSelectionOption
    @Option(help: "A filter for the ones that are compared with all.")
    var subset: String?
    @Flag(help: "Tell of each video by itself, too.")
    var perVideo = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var request: Document = ["filter": try SelectionOption.parse(filter: selection.filter)]
        if let subset { request["subset"] = try SelectionOption.parse(filter: subset) }
        if perVideo { request["per_video"] = true }
        let (body, isJSON, name) = (request, output.json, selection.entityClass)
        let answer = try await store.withClient { client in
            try await client.call("POST", "/v1/entities/\(URLText.encode(name))/frame-statistics", body)
        }
        guard !isJSON else { return Terminal.print(answer.json) }
        show(answer)
    }

    private func show(_ answer: Document) {
        let others = answer["subset"]?.objectValue
        Terminal.print(line(answer))
        if let others { Terminal.print("compared with \(line(others))") }
        let tags = answer["tags"]?.arrayValue?.compactMap(\.objectValue) ?? []
        var table = Table(
            ["tag", "frames", "percent", "videos"] + (others == nil ? [] : ["subset %", "difference"]),
            rightAligned: [1, 2, 3, 4, 5])
        for tag in tags {
            var row = [
                EntityTable.text(tag["tag"]), EntityTable.text(tag["frames"]), decimals(tag["percent"]),
                EntityTable.text(tag["videos"]),
            ]
            if others != nil { row += [decimals(tag["subset_percent"]), decimals(tag["difference"])] }
            table.rows.append(row)
        }
        if !tags.isEmpty { for line in table.lines(width: Terminal.width) { Terminal.print(line) } }
        for group in answer["groups"]?.arrayValue?.compactMap(\.objectValue) ?? [] {
            Terminal.print(
                "\(EntityTable.text(group["group"])): distance \(Columns.decimals(group["distance"]?.floatValue ?? 0, 3))"
            )
        }
        for video in answer["per_video"]?.arrayValue?.compactMap(\.objectValue) ?? [] {
            let parts = video["tags"]?.objectValue?.members.map { name, value in
                "\(name) \(decimals(value.objectValue?["percent"])) %"
            }
            Terminal.print(
                "\(EntityTable.text(video["video"]))  \(EntityTable.text(video["frames"])) frames  \(parts?.joined(separator: ", ") ?? "")"
            )
        }
    }

    private func line(_ total: Document) -> String {
        let seconds = ProgressLine.duration(seconds: total["seconds"]?.floatValue ?? 0)
        return
            "\(EntityTable.text(total["videos"])) videos, \(EntityTable.text(total["frames"])) frames, \(seconds)"
    }

    private func decimals(_ value: Value?) -> String {
        let number = value?.floatValue ?? 0
        return (number < 0 ? "-" : "") + Columns.decimals(abs(number), 1)
    }
}

/// Which videos, or clips.
struct VideoSelectionOption: ParsableArguments {
    @Argument(help: "A filter in MongoDB's language, as JSON. Default: {} for everything.")
    var filter = "{}"
    @Option(name: .customLong("class"), help: "Video or Clip.")
    var entityClass = "Video"
}
