import ArgumentParser
import Base
import Engine
import Server

struct LabelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels", abstract: "List the labels of entities, with who gave them and when.",
        discussion: """
            Boxes are in pixels of the upright image, x and y to the right and down from its upper left corner.

            Examples:
              fovea labels '{"width": {"$gte": 640}}'
              fovea labels --kind box --label cat --json
              fovea labels --class-isa animal
              fovea labels --source 'model:*' --limit 0
              fovea labels --run 3
            """)

    @OptionGroup var selection: SelectionOption
    @Option(help: "Only labels of a kind: class, box, polygon, mask, points, caption, track or interval.")
    var kind: String?
    @Option(help: "Only labels of this class, such as cat.")
    var label: String?
    @Option(help: "Only labels of this class and of the classes below it.")
    var classIsa: String?
    @Option(help: "Only labels of this source; 'model:*' is every source that begins so.")
    var source: String?
    @Option(name: .customLong("run"), help: "Only labels of this run.")
    var runNumber: Int?
    @Option(help: "At most n; 0 for all. Default: 25 in a table, all with --json.")
    var limit: Int?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var request: Document = [
            "filter": try selection.parsed(), "limit": .integer(Int64(limit ?? (output.json ? 0 : 25))),
        ]
        if let kind { request["kind"] = .string(kind) }
        if let label { request["label"] = .string(label) }
        if let classIsa { request["class_isa"] = .string(classIsa) }
        if let source { request["source"] = .string(source) }
        if let runNumber { request["run"] = .integer(Int64(runNumber)) }
        let (path, body, isJSON) = (selection.path("labels"), request, output.json)
        try await store.withClient { client in
            if isJSON {
                return try await client.lines("POST", path, body) { _, line in
                    Terminal.write(line + [0x0A])
                    try Terminal.checkOutput()
                }
            }
            let answer = try await client.call("POST", path, body)
            let labels = (answer["labels"]?.arrayValue ?? []).compactMap(\.objectValue)
            guard !labels.isEmpty else { return Terminal.report("there is no such label") }
            for line in LabelsCommand.table(labels) { Terminal.print(line) }
        }
    }

    private static func table(_ labels: [Document]) -> [String] {
        var table = Table(
            ["image", "class", "confidence", "x", "y", "width", "height", "kind", "source", "run", "time"],
            rightAligned: [2, 3, 4, 5, 6, 9])
        table.rows = labels.map { label in
            table.header.map { name in
                switch label[name] {
                case nil, .null?: ""
                case .string(let text)?: text
                case .float(let number)?: name == "confidence" ? rounded(number, 1_000) : rounded(number, 10)
                case let value?: value.json
                }
            }
        }
        table.dropColumns(toFit: Terminal.width)
        return table.lines(width: Terminal.width)
    }

    /// A number with as many places as people look at.
    private static func rounded(_ number: Double, _ parts: Double) -> String {
        let near = (number * parts).rounded() / parts
        return Int64(exactly: near).map { "\($0)" } ?? "\(near)"
    }
}

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List the runs of imports, models and rules that gave labels.",
        discussion: """
            Example:
              fovea runs --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("GET", "/v1/runs") }
        let runs = (answer["runs"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return runs.forEach { Terminal.print($0.json) } }
        guard !runs.isEmpty else { return Terminal.report("there was no run yet") }
        var table = Table(["run", "kind", "source", "started", "state"], rightAligned: [0])
        table.rows = runs.map { run in
            let state =
                run["reverted"] != nil ? "reverted" : run["finished"] != nil ? "finished" : "not finished"
            return [
                run["run"]?.json ?? "", run["kind"]?.stringValue ?? "", run["source"]?.stringValue ?? "",
                run["started"]?.stringValue ?? "", state,
            ]
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

struct RevertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert", abstract: "Take back the labels of a run.",
        discussion: """
            The run's labels go, and what it removed or replaced holds again. What people made of its labels stays. \
            'fovea runs' lists the runs. To revert a run once more changes nothing.

            Example:
              fovea revert 3
            """)

    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run"))
    var number: Int64
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if number < 1 { throw ValidationError("'\(number)' is no number of a run: 'fovea runs' lists them.") }
    }

    func run() async throws {
        let path = "/v1/runs/\(number)/revert"
        let answer = try await store.withClient { try await $0.call("POST", path) }
        if output.json { return Terminal.print(answer.json) }
        let (removed, restored) = (
            answer["removed"]?.integerValue ?? 0, answer["restored"]?.integerValue ?? 0
        )
        let noun = removed == 1 ? "label" : "labels"
        Terminal.report("run \(number): \(removed) \(noun) taken back, \(restored) restored")
    }
}
