import ArgumentParser
import Base
import Server

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Find images by a question in plain English.",
        discussion: """
            The filter that was understood is shown first. A fixed grammar reads the question, with the label classes \
            and properties of the store as its words: no model and no network. What is not understood is refused by \
            name, never guessed.

            Examples:
              fovea ask 'images with at least two cats and a dog wider than 600'
              fovea ask 'objects that fill most of the picture'
              fovea ask 'png files larger than 1 MB without a label' --filter-only
            """)

    @Argument(help: "The question.")
    var text: String
    @Option(name: .customLong("class"), help: "The class of the entities.")
    var entityClass = "Image"
    @Option(help: "At most n; 0 for all.")
    var limit = 25
    @Flag(help: "Print only the filter, for 'fovea find' and others.")
    var filterOnly = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let body: Document = [
            "text": .string(text), "limit": .integer(Int64(filterOnly ? 1 : limit)),
        ]
        let path = "/v1/entities/\(URLText.encode(entityClass))/ask"
        let answer = try await store.withClient { try await $0.call("POST", path, body) }
        let filter = answer["filter"]?.json ?? "{}"
        if filterOnly { return Terminal.print(filter) }
        if output.json { return Terminal.print(answer.json) }
        Terminal.report("filter: \(filter)")
        let entities = (answer["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
        for line in EntityTable(entities, fields: nil).lines() { Terminal.print(line) }
        let total = answer["count"]?.integerValue ?? Int64(entities.count)
        Terminal.report(total == 0 ? "no entity matches" : "\(entities.count) of \(total)")
    }
}
