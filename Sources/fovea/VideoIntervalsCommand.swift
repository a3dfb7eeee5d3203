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
            try await EachVideo.run(ids) { id in
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
            is kept. With another --tag intervals are made of frames that are labelled with that class, such as those that \
            'fovea video cascade' labels, unless that was done; --again makes them anew, and so does each option that says \
            how. Both the first and the last frame belong to an interval; it ends when the last frame is no longer \
            shown.

            Examples:
              fovea video intervals 2.0.1 --tag motion
              fovea video intervals 2.0.1 2.0.2 --json
              fovea video intervals 2.0.1 --tag motion --again
              fovea video intervals 2.0.1 --tag person --high 0.6 --low 0.3 --shortest 1 --gap 2 --padding 0.5
              fovea video intervals --query '{"tag": "person", "where": {"during": {"tag": "motion"}}}'
              fovea video intervals --query question.json --filter '{"camera": "north"}' --json
            """)

    @Argument(help: "The _uniqueid of videos or clips; with --query none are needed.")
    var ids: [String] = []
    @Option(help: "Only intervals of this tag, such as motion.")
    var tag: String?
    @Flag(help: "Make the intervals of the tag anew; for motion, look through the videos once more.")
    var again = false
    @Option(help: "The score, from 0 to 1, that opens an interval. Default: any; of motion 0.001.")
    var high: Double?
    @Option(help: "The score that keeps it open. Default: that of --high; of motion 0.0005.")
    var low: Double?
    @Option(help: "Leave out intervals of fewer seconds.")
    var shortest: Double?
    @Option(help: "Fill pauses of up to so many seconds. Default: 1.")
    var gap: Double?
    @Option(help: "Widen intervals by so many seconds on both sides.")
    var padding: Double?
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
        if query != nil, tag != nil { throw ValidationError("--query goes without --tag.") }
        if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more.") }
        if tag == nil, again || !rule.isEmpty {
            throw ValidationError("--again, --high, --low, --shortest, --gap and --padding go with --tag.")
        }
        if low != nil, high == nil { throw ValidationError("--low goes with --high.") }
        if let low, let high, low > high { throw ValidationError("--low must not be above --high.") }
        if let part = [high, low].compactMap({ $0 }).first(where: { !(0...1).contains($0) }) {
            throw ValidationError("a score is in 0...1, not \(part).")
        }
        if let time = [shortest, gap, padding].compactMap({ $0 }).first(where: { !(0...86_400).contains($0) })
        {
            throw ValidationError("seconds are in 0...86400, not \(time).")
        }
    }

    /// What is said of how intervals are made.
    private var rule: Document {
        var rule = Document()
        for (name, value) in [
            ("high", high), ("low", low), ("shortest", shortest), ("gap", gap), ("padding", padding),
        ] {
            if let value { rule.append(name, .float(value)) }
        }
        return rule
    }

    func run() async throws {
        let (ids, tag, again, isJSON, rule) = (ids, tag, again, output.json, rule)
        if let query {
            let call = try IntervalQuestionCall(
                query, videos: ids, filter: filter, limit: limit, isJSON: isJSON)
            return try await store.withClient { try await call.run($0) }
        }
        try await store.withClient { client in
            try await EachVideo.run(ids) { id in
                let entityClass = try await client.className(of: id)
                let path = "/v1/entities/\(URLText.encode(entityClass))/\(URLText.encode(id))"
                // A clip has the intervals of its video.
                if let tag, entityClass != "Clip" || again || !rule.isEmpty {
                    var progress = ProgressLine()
                    if !isJSON, tag == MotionFinding.tag { progress.show("\(id): looking for motion") }
                    var body = rule
                    body["tag"] = .string(tag)
                    body["again"] = .boolean(again)
                    _ = try await client.call("POST", path + "/intervals", body)
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
                    return
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
