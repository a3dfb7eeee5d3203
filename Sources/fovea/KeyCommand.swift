import ArgumentParser
import Base
import Engine
import Server

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Manage the keys of Cortex's paths.",
        discussion: """
            Where users log in, /add, /get-labeled-data and what lies below /api/ take a key instead: as \
            'X-RapidAPI-Key', or as 'Authorization: Bearer'. The scope free is for adding images and for small pages, \
            paid for large pages and whole lists too, more often.

            Examples:
              fovea key add --scope free --name ann
              fovea key list
              fovea key remove fvk_0123456789
            """,
        subcommands: [KeyAddCommand.self, KeyListCommand.self, KeyRemoveCommand.self])
}

struct KeyAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a key, and print it: this once, as only its hash is kept.",
        discussion: """
            Example:
              fovea key add --scope paid --name 'the nightly export' > key.txt
            """)

    @Option(help: "What it is good for: free or paid.")
    var scope: String
    @Option(help: "Whose it is, or what for.")
    var name = ""
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        guard APIKey.Scope(rawValue: scope) != nil else {
            throw ValidationError("--scope '\(scope)' must be free or paid.")
        }
    }

    func run() async throws {
        let answer = try await store.withClient {
            try await $0.call("POST", "/v1/keys", ["scope": .string(scope), "name": .string(name)])
        }
        if output.json { return Terminal.print(answer.json) }
        Terminal.print(answer["secret"]?.stringValue ?? "")
    }
}

struct KeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys, by what they begin with.",
        discussion: """
            Example:
              fovea key list --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("GET", "/v1/keys") }
        let keys = (answer["keys"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return keys.forEach { Terminal.print($0.json) } }
        guard !keys.isEmpty else { return Terminal.report("there are no keys: 'fovea key add' makes one") }
        var table = Table(["key", "scope", "created", "name"])
        table.rows = keys.map { key in
            ["key", "scope", "created", "name"].map { EntityTable.text(key[$0]) }
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

struct KeyRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a key: it is of no use from the next request on.",
        discussion: """
            Example:
              fovea key remove fvk_0123456789
            """)

    @Argument(help: "What the key begins with, as 'fovea key list' shows it, or all of it.")
    var key: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let prefix = String(key.prefix(13))
        guard prefix.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }), !prefix.isEmpty
        else { throw ValidationError("'\(prefix)' is no key: one begins with fvk_.") }
        let answer = try await store.withClient { try await $0.call("DELETE", "/v1/keys/\(prefix)") }
        if output.json { Terminal.print(answer.json) } else { Terminal.report("removed the key \(prefix)") }
    }
}
