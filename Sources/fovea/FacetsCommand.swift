import ArgumentParser
import Base
import Server

struct FacetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facets",
        abstract: "Count the values of properties among the entities that match a filter.",
        discussion: """
            Without --property the properties of few values are shown. Counts are exact.

            Examples:
              fovea facets --property format --property label
              fovea facets '{"label": "cat"}' --property camera_model --limit 5
            """)

    @OptionGroup var selection: SelectionOption
    @Option(
        name: [.customLong("property"), .customLong("by")], help: "A property; may be given several times.")
    var properties: [String] = []
    @Option(help: "Values a property, the most frequent first; 0 for all.")
    var limit = 20
    @Flag(help: "Count labels for the classes above theirs, too ('fovea classes').")
    var rollup = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var body: Document = ["filter": try selection.parsed(), "limit": .integer(Int64(limit))]
        let names = properties.flatMap { $0.split(separator: ",").map(String.init) }
        if rollup { body["rollup"] = true }
        if !names.isEmpty { body["properties"] = .array(names.map { .string($0) }) }
        let (path, request, isJSON) = (selection.path("facets"), body, output.json)
        try await store.withClient { client in
            let answer = try await client.call("POST", path, request)
            if answer["facets"]?.arrayValue?.isEmpty ?? true {
                Terminal.report(
                    answer["count"] == 0
                        ? "no entity matches" : "no property has few enough values; name one with --property")
            }
            for facet in (answer["facets"]?.arrayValue ?? []).compactMap(\.objectValue) {
                if isJSON { Terminal.print(facet.json) } else { FacetsCommand.show(facet) }
            }
        }
    }

    private static func show(_ facet: Document) {
        let distinct = facet["distinct"]?.integerValue ?? 0
        let missing = facet["missing"]?.integerValue ?? 0
        let note = missing > 0 ? ", \(missing) without" : ""
        Terminal.print(
            "\(EntityTable.text(facet["property"]))  (\(distinct) \(distinct == 1 ? "value" : "values")\(note))"
        )
        let values = (facet["values"]?.arrayValue ?? []).compactMap(\.objectValue)
        let most = values.compactMap { $0["count"]?.integerValue }.max() ?? 1
        var table = Table(["", "", ""], rightAligned: [1])
        for value in values {
            let count = value["count"]?.integerValue ?? 0
            let bar = String(repeating: "▇", count: max(1, Int(Double(count) / Double(most) * 24)))
            table.rows.append(["  " + EntityTable.text(value["value"]), String(count), bar])
        }
        for line in table.lines(width: Terminal.width).dropFirst() { Terminal.print(line) }
    }
}

struct HistogramCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "histogram",
        abstract: "Count the entities that match a filter by ranges of a numeric property.",
        discussion: """
            Bins are right-open, the last one is closed. Without --edges the range from the least to the greatest \
            value is divided evenly.

            Examples:
              fovea histogram --property width
              fovea histogram '{"format": "jpeg"}' --property bytes --edges 0,1e4,1e5
              fovea histogram --property latitude --edges -90,-30,30,90
              fovea histogram --property captured_at --edges 2024-01-01,2025-01-01
            """)

    @OptionGroup var selection: SelectionOption
    @Option(help: "A numeric or date-time property.")
    var property: String
    @Option(help: "How many bins of equal width, 1 to 1000.")
    var bins: Int?
    @Option(
        parsing: .unconditional,
        help: "The edges of the bins, numbers or dates, increasing, separated by commas.")
    var edges: String?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if bins != nil, edges != nil { throw ValidationError("Give --bins or --edges, not both.") }
    }

    func run() async throws {
        var body: Document = ["filter": try selection.parsed(), "property": .string(property)]
        if let edges {
            body["edges"] = .array(
                try edges.split(separator: ",").map { edge in
                    if let number = Double(edge) { return .float(number) }
                    guard let date = DateTime(iso8601: String(edge)) else {
                        throw ValidationError("'\(edge)' is neither a number nor a date.")
                    }
                    return .dateTime(date)
                })
        } else {
            body["bins"] = .integer(Int64(bins ?? 12))
        }
        let (path, request, isJSON) = (selection.path("histogram"), body, output.json)
        try await store.withClient { client in
            let answer = try await client.call("POST", path, request)
            if isJSON { Terminal.print(answer.json) } else { HistogramCommand.show(answer) }
        }
    }

    private static func show(_ answer: Document) {
        let edges = answer["edges"]?.arrayValue ?? []
        let counts = (answer["counts"]?.arrayValue ?? []).compactMap(\.integerValue)
        let most = max(1, counts.max() ?? 1)
        var table = Table(["from", "to", "count", ""], rightAligned: [0, 1, 2])
        for (index, count) in counts.enumerated() where index + 1 < edges.count {
            let bar = String(repeating: "▇", count: Int(Double(count) / Double(most) * 40))
            table.rows.append([
                EntityTable.text(edges[index]), EntityTable.text(edges[index + 1]), String(count), bar,
            ])
        }
        if counts.isEmpty { Terminal.report("no entity that matches has a number there") }
        for line in counts.isEmpty ? [] : table.lines(width: Terminal.width) { Terminal.print(line) }
        let others = ["below", "above", "missing"].compactMap { name -> String? in
            guard let count = answer[name]?.integerValue, count > 0 else { return nil }
            return "\(count) \(name)"
        }
        if !others.isEmpty { Terminal.report(others.joined(separator: ", ")) }
    }
}
