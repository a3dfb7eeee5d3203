import ArgumentParser
import Base
import Pipeline
import Server

struct VideoTracksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tracks", abstract: "Follow objects through videos, and tell where they are.",
        discussion: """
            The boxes of frames, such as those that 'fovea video cascade' finds, are followed from frame to frame unless \
            that was done, and what is found is kept. Of each track its keyframes are told; between two of them its box \
            goes in a straight line. With --expand all frames are told: where the box and its centre are, how fast they \
            move, and how many of the class there are.

            Of each class the boxes of the program that looked last are followed, and what people say in their place; with \
            --source those of another one.

            Examples:
              fovea video tracks 2.0.1
              fovea video tracks 2.0.1 --tag person --tracker bytetrack --again
              fovea video tracks 2.0.1 --source cascade:people
              fovea video tracks 2.0.1 --expand --json
            """)

    enum Tracker: String, ExpressibleByArgument, CaseIterable { case sort, bytetrack }

    @Argument(help: "The _uniqueid of videos or clips.")
    var ids: [String]
    @Option(help: "Only tracks of this label class, such as person.")
    var tag: String?
    @Option(help: "How boxes are followed.")
    var tracker: Tracker?
    @Option(help: "Follow only boxes of this source, with its version or without, such as cascade:people.")
    var source: String?
    @Flag(help: "Tell where each is in every frame, and how it moves there.")
    var expand = false
    @Flag(help: "Follow the boxes once more.")
    var again = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (ids, tag, expand, isJSON) = (ids, tag, expand, output.json)
        var body: Document = ["again": .boolean(again)]
        if let tracker { body.append("tracker", .string(tracker.rawValue)) }
        if let source { body.append("source", .string(source)) }
        let request = body
        try await store.withClient { client in
            try await EachVideo.run(ids) { id in
                let entityClass = try await client.className(of: id)
                let path = "/v1/entities/\(URLText.encode(entityClass))/\(URLText.encode(id))/tracks"
                // A clip has the tracks of its video.
                if entityClass == "Video" { _ = try await client.call("POST", path, request) }
                let query = tag.map { "&tag=\(URLText.encode($0))" } ?? ""
                if !isJSON, ids.count > 1 { Terminal.print(id) }
                var count = 0
                try await client.lines("GET", path + "?expand=\(expand)" + query, nil) { line, bytes in
                    count += 1
                    if isJSON {
                        guard ids.count > 1 else { return Terminal.write(bytes + [0x0A]) }
                        let told = Document(
                            [("video", .string(id))] + line.members.map { ($0.key, $0.value) })
                        return Terminal.print(told.json)
                    }
                    if expand { return tell(line) }
                    if count == 1 {
                        Terminal.print("  track    from      to     begins       ends  keys  tag")
                    }
                    Terminal.print(row(line))
                }
                if !isJSON { Terminal.report("\(id): \(count == 1 ? "1 track" : "\(count) tracks")") }
            }
        }
    }

    // MARK: - Private

    private func row(_ line: Document) -> String {
        [
            Columns.padded(EntityTable.text(line["track"]), 7),
            Columns.padded(EntityTable.text(line["start_frame"]), 6),
            Columns.padded(EntityTable.text(line["end_frame"]), 6),
            Columns.padded(Columns.decimals(line["start_time"]?.floatValue ?? 0, 3), 9),
            Columns.padded(Columns.decimals(line["end_time"]?.floatValue ?? 0, 3), 9),
            Columns.padded("\(line["keyframes"]?.arrayValue?.count ?? 0)", 4), line["tag"]?.stringValue ?? "",
        ].joined(separator: "  ")
    }

    /// Every frame of a track.
    private func tell(_ line: Document) {
        Terminal.print("track \(EntityTable.text(line["track"])): \(line["tag"]?.stringValue ?? "")")
        Terminal.print("  frame      time        x        y    width   height    speed  count")
        for frame in (line["temporal"]?.arrayValue ?? []).compactMap(\.objectValue) {
            let box = frame["bbox"]?.objectValue?["position"]?.objectValue
            func cell(_ name: String) -> String { Columns.padded(short(box?[name]), 7) }
            Terminal.print(
                [
                    Columns.padded(EntityTable.text(frame["frame_number"]), 7),
                    Columns.padded(Columns.decimals(frame["time"]?.floatValue ?? 0, 3), 8), cell("x1"),
                    cell("y1"), cell("width"), cell("height"),
                    Columns.padded(short(frame["center"]?.objectValue?["speed"]), 7),
                    Columns.padded(EntityTable.text(frame["count"]), 5),
                ].joined(separator: "  "))
        }
    }

    private func short(_ value: Value?) -> String {
        let number = value?.floatValue ?? 0
        return (number < 0 ? "-" : "") + Columns.decimals(number.magnitude, 1)
    }
}
