import ArgumentParser
import Base
import Server

struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "List the entities that match a filter.",
        discussion: """
            Examples:
              fovea find '{"label": "cat", "width": {"$gte": 640}}'
              fovea find '{"error": {"$exists": true}}' --json
              fovea find --sort captured_at:desc --limit 20
              fovea find '{"captured_at": {"$gte": {"$date": "2024-01-01T00:00:00Z"}}}'
              fovea find '{}' --fields path,phash --json --limit 0
            """)

    @OptionGroup var selection: SelectionOption
    @Option(help: "Sort by a property, such as bytes:desc; several separated by commas. Ties by _uniqueid.")
    var sort: String?
    @Option(help: "Leave out the first n.")
    var skip = 0
    @Option(help: "At most n; 0 for all. Default: 25 in a table, all with --json.")
    var limit: Int?
    @Option(help: "The properties to show, separated by commas.")
    var fields: String?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var request: Document = [
            "filter": try selection.parsed(), "skip": .integer(Int64(skip)),
            "limit": .integer(Int64(limit ?? (output.json ? 0 : 25))), "count": .boolean(!output.json),
        ]
        if let sort { request["sort"] = .string(sort) }
        let shown = fields?.split(separator: ",").map(String.init)
        if let shown {
            request["projection"] = .object(Document(shown.map { ($0, .integer(1)) }))
        }
        let (path, body, isJSON) = (selection.path("find"), request, output.json)
        try await store.withClient { client in
            if isJSON {
                var isEmpty = true
                try await client.lines("POST", path, body) { _, line in
                    isEmpty = false
                    Terminal.write(line + [0x0A])
                    try Terminal.checkOutput()
                }
                if isEmpty { Terminal.report("no entity matches") }
                return
            }
            let answer = try await client.call("POST", path, body)
            let entities = (answer["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
            for line in EntityTable(entities, fields: shown).lines() { Terminal.print(line) }
            let total = answer["count"]?.integerValue ?? Int64(entities.count)
            Terminal.report(total == 0 ? "no entity matches" : "\(entities.count) of \(total)")
        }
    }
}

struct CountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count", abstract: "Count the entities that match a filter.",
        discussion: """
            Example:
              fovea count '{"format": "jpeg"}'
            """)

    @OptionGroup var selection: SelectionOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (path, body, isJSON): (String, Document, Bool) = (
            selection.path("count"), ["filter": try selection.parsed()], output.json
        )
        try await store.withClient { client in
            let answer = try await client.call("POST", path, body)
            Terminal.print(isJSON ? answer.json : String(answer["count"]?.integerValue ?? 0))
        }
    }
}
