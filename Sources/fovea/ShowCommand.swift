import ArgumentParser
import Base
import Engine
import Server

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that is known of one entity.",
        discussion: """
            Example:
              fovea show 1.0.42
            """)

    @Argument(help: "The entity's _uniqueid.")
    var id: String
    @Option(name: .customLong("class"), help: "The class of the entity. Default: the one that the id is of.")
    var entityClass: String?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (id, given, isJSON) = (id, entityClass, output.json)
        try await store.withClient { client in
            let name: String
            if let given { name = given } else { name = try await client.className(of: id) }
            let entity = try await client.call(
                "GET", "/v1/entities/\(URLText.encode(name))/\(URLText.encode(id))")
            guard !isJSON else { return Terminal.print(entity.json) }
            let shown = entity.members.filter { $0.key != "histogram" && $0.key != "exif" }
            let width = shown.map { Table.width(of: $0.key) }.max() ?? 0
            for (key, value) in shown {
                Terminal.print(
                    key + String(repeating: " ", count: width - Table.width(of: key) + 2)
                        + EntityTable.text(value))
            }
            if let exif = entity["exif"]?.objectValue, !exif.isEmpty {
                Terminal.print("exif")
                for (key, value) in exif.members { Terminal.print("  \(key)  \(EntityTable.text(value))") }
            }
        }
    }
}

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show how a filter is answered: which column, posting or SQL, and how many ids each gave.",
        discussion: """
            Example:
              fovea explain '{"label": "cat", "width": {"$gte": 640}}'
            """)

    @OptionGroup var selection: SelectionOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let (path, body, isJSON): (String, Document, Bool) = (
            selection.path("explain"), ["filter": try selection.parsed()], output.json
        )
        try await store.withClient { client in
            let answer = try await client.call("POST", path, body)
            guard !isJSON else { return Terminal.print(answer.json) }
            var table = Table(["step", "by", "estimated", "ids", "ms"], rightAligned: [2, 3, 4])
            guard let plan = answer["plan"]?.objectValue else {
                return Terminal.report("no entity matches: there is none of the class")
            }
            ExplainCommand.add(plan, depth: 0, to: &table)
            for line in table.lines(width: Terminal.width) { Terminal.print(line) }
        }
    }

    private static func add(_ step: Document, depth: Int, to table: inout Table) {
        table.rows.append([
            String(repeating: "  ", count: depth) + EntityTable.text(step["step"]),
            EntityTable.text(step["by"]),
            EntityTable.text(step["estimated"]), EntityTable.text(step["ids"]), EntityTable.text(step["ms"]),
        ])
        for child in (step["steps"]?.arrayValue ?? []).compactMap(\.objectValue) {
            add(child, depth: depth + 1, to: &table)
        }
    }
}

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show what the store holds and what it costs.",
        discussion: """
            Example:
              fovea stats --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let isJSON = output.json
        try await store.withClient { client in
            let stats = try await client.call("GET", "/v1/stats")
            guard !isJSON else { return Terminal.print(stats.json) }
            var table = Table(["", ""])
            for (key, value) in stats.members {
                if let object = value.objectValue {
                    for (inner, value) in object.members {
                        table.rows.append(["\(key).\(inner)", StatsCommand.text(inner, value)])
                    }
                } else {
                    table.rows.append([key, StatsCommand.text(key, value)])
                }
            }
            for line in table.lines(width: Terminal.width).dropFirst() { Terminal.print(line) }
        }
    }

    private static func text(_ key: String, _ value: Value) -> String {
        guard key.hasSuffix("bytes"), let bytes = value.integerValue else { return EntityTable.text(value) }
        return ByteCount(Int(bytes)).description
    }
}
