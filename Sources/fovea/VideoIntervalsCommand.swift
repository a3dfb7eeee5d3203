import ArgumentParser
import Base
import Pipeline
import Server

struct VideoMotionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motion", abstract: "Tell how much moves in videos, frame by frame.",
        discussion: """
            Some five frames a second are looked at, more where motion begins or ends. Of each the share of the picture \
            that moves is told, and in how many of 16 × 9 cells something does; --json has the cells. Nothing is kept: \
            'fovea video intervals' keeps in which stretches something moves.

            Examples:
              fovea video motion 2.0.1
              fovea video motion 2.0.1 --json
            """)

    @Argument(help: "The videos' _uniqueid.")
    var ids: [String]
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (ids, isJSON) = (ids, output.json)
        try await store.withClient { client in
            for id in ids {
                let name = URLText.encode(try await client.className(of: id))
                if !isJSON {
                    if ids.count > 1 { Terminal.print(id) }
                    Terminal.print("frame      time   score  cells")
                }
                try await client.lines("GET", "/v1/entities/\(name)/\(URLText.encode(id))/motion", nil) {
                    line, bytes in
                    guard isJSON else { return Terminal.print(row(line)) }
                    guard ids.count > 1 else { return Terminal.write(bytes + [0x0A]) }
                    Terminal.print(
                        Document([("video", .string(id))] + line.members.map { ($0.key, $0.value) }).json)
                }
            }
        }
    }

    private func row(_ line: Document) -> String {
        let cells = [
            Columns.padded(EntityTable.text(line["frame"]), 5),
            Columns.padded(Columns.decimals(line["time"]?.floatValue ?? 0, 3), 8),
            Columns.padded(Columns.decimals(line["score"]?.floatValue ?? 0, 4), 6),
            Columns.padded("\(line["cells"]?.arrayValue?.count ?? 0)", 5),
        ]
        return cells.joined(separator: "  ") + (line["cut"]?.booleanValue == true ? "  cut" : "")
    }
}

struct VideoIntervalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intervals", abstract: "List the intervals of videos of which something is said.",
        discussion: """
            With --tag motion a video that nobody has looked through for motion is looked through first, and what is found \
            is kept. Both the first and the last frame belong to an interval; it ends when the last frame is no longer \
            shown.

            Examples:
              fovea video intervals 2.0.1 --tag motion
              fovea video intervals 2.0.1 2.0.2 --json
              fovea video intervals 2.0.1 --tag motion --again
              fovea video intervals --query '{"tag": "person", "where": {"during": {"tag": "motion"}}}'
              fovea video intervals --query question.json --filter '{"camera": "north"}' --json
            """)

    @Argument(help: "The _uniqueid of videos or clips; with --query none are needed.")
    var ids: [String] = []
    @Option(help: "Only intervals of this tag, such as motion.")
    var tag: String?
    @Flag(help: "Look through the videos for motion once more.")
    var again = false
    @Option(
        help:
            "A question about intervals in JSON, or a file with it: relations, sequences, and, or, not. docs/query-language.md has the language."
    )
    var query: String?
    @Option(help: "With --query: a filter on the videos.")
    var filter: String?
    @Option(help: "With --query: at most n. Default: 25 in a table, all with --json.")
    var limit: Int?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if query == nil, ids.isEmpty {
            throw ValidationError("Name videos, or ask with --query.")
        }
        if query == nil, filter != nil || limit != nil {
            throw ValidationError("--filter and --limit go with --query.")
        }
        if query != nil, tag != nil || again { throw ValidationError("--query goes without --tag.") }
        if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more.") }
        if again, tag != MotionFinding.tag {
            throw ValidationError("--again goes with --tag \(MotionFinding.tag).")
        }
    }

    func run() async throws {
        let (ids, tag, again, isJSON) = (ids, tag, again, output.json)
        if let query {
            let call = try IntervalQuestionCall(
                query, videos: ids, filter: filter, limit: limit, isJSON: isJSON)
            return try await store.withClient { try await call.run($0) }
        }
        try await store.withClient { client in
            for id in ids {
                let path =
                    "/v1/entities/\(URLText.encode(try await client.className(of: id)))/\(URLText.encode(id))"
                if tag == MotionFinding.tag {
                    var progress = ProgressLine()
                    if !isJSON { progress.show("\(id): looking for motion") }
                    _ = try await client.call("POST", path + "/motion", ["again": .boolean(again)])
                    progress.clear()
                }
                let query = tag.map { "?tag=\(URLText.encode($0))" } ?? ""
                let answer = try await client.call("GET", path + "/intervals" + query)
                let lines = answer["intervals"]?.arrayValue?.compactMap(\.objectValue) ?? []
                if isJSON {
                    for line in lines {
                        let video = ids.count > 1 ? [("video", Value.string(id))] : []
                        Terminal.print(Document(video + line.members.map { ($0.key, $0.value) }).json)
                    }
                    continue
                }
                if ids.count > 1 { Terminal.print(id) }
                if !lines.isEmpty { Terminal.print("   from      to     begins       ends   score  tag") }
                for line in lines { Terminal.print(row(line)) }
                Terminal.report("\(id): \(lines.count == 1 ? "1 interval" : "\(lines.count) intervals")")
            }
        }
    }

    private func row(_ line: Document) -> String {
        [
            Columns.padded(EntityTable.text(line["start_frame"]), 7),
            Columns.padded(EntityTable.text(line["end_frame"]), 6),
            Columns.padded(Columns.decimals(line["start_time"]?.floatValue ?? 0, 3), 9),
            Columns.padded(Columns.decimals(line["end_time"]?.floatValue ?? 0, 3), 9),
            Columns.padded(line["score"]?.floatValue.map { Columns.decimals($0, 4) } ?? "", 6),
            line["tag"]?.stringValue ?? "",
        ].joined(separator: "  ")
    }
}

/// Cells of lists that are printed while they come.
enum Columns {
    /// Text at the right of so many places.
    static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    /// A number from 0 on with so many decimals.
    static func decimals(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1) { product, _ in product * 10 }
        let whole = Int((value * Double(scale)).rounded())
        return "\(whole / scale).\(String(scale + whole % scale).dropFirst())"
    }
}
