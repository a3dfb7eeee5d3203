import ArgumentParser
import Base
import Engine
import Server

struct RuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Keep rules that label images by what else is known of them.",
        discussion: """
            A rule is 'if CONDITION then tag NAME, …', further branches behind semicolons. A condition is made of \
            count(CLASS) > 3, count(CLASS, LEAST CONFIDENCE) > 3, any(CLASS, …), all(CLASS, …) and filters in MongoDB's \
            language, with and, or, not and parentheses. It counts boxes, polygons and masks. A rule is about images, or, \
            with 'for CLASS' first, about other entities.

            Rules follow what changes: a server applies them after each commit, a command that holds the store itself \
            before it lets go of it, and 'fovea rule run' at once. What a rule has said and follows no longer is taken back.
            """,
        subcommands: [
            RuleAddCommand.self, RuleListCommand.self, RuleRemoveCommand.self, RuleRunCommand.self,
        ])

    static func report(_ outcome: Document) {
        Terminal.report(
            """
            \(EntityTable.text(outcome["rule"])): \(EntityTable.text(outcome["added"])) labels added, \
            \(EntityTable.text(outcome["removed"])) taken back, \(EntityTable.text(outcome["entities"])) labelled
            """)
    }
}

struct RuleAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Keep a rule, and label what follows from it.",
        discussion: """
            Examples:
              fovea rule add traffic 'if count(car) > 3 then tag traffic'
              fovea rule add inside 'if any(couch, bed, tv) and not any(car, bus) then tag indoor'
              fovea rule add place 'if {"camera": "7"} then tag place:gate; if {"camera": "8"} then tag place:yard'
            """)

    @Argument(help: "A name for the rule; its labels have the source rule:<id>.")
    var id: String
    @Argument(help: "What it says.")
    var rule: String
    @Flag(help: "Replace a rule of that name.")
    var replace = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let body: Document = [
            "id": .string(id), "rule": .string(rule), "replace": .boolean(replace),
        ]
        let outcome = try await store.withClient { try await $0.call("POST", "/v1/rules", body) }
        if output.json { return Terminal.print(outcome.json) }
        RuleCommand.report(outcome)
    }
}

struct RuleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the rules.",
        discussion: """
            A rule is paused once its last run was reverted, until it is run again.

            Example:
              fovea rule list
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("GET", "/v1/rules") }
        let rules = (answer["rules"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return rules.forEach { Terminal.print($0.json) } }
        guard !rules.isEmpty else { return Terminal.report("there is no rule") }
        var table = Table(["id", "state", "rule"])
        table.rows = rules.map { rule in
            [
                EntityTable.text(rule["id"]), rule["paused"] == .boolean(true) ? "paused" : "kept",
                EntityTable.text(rule["rule"]),
            ]
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

struct RuleRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a rule, and take its labels back.",
        discussion: """
            Example:
              fovea rule remove traffic
            """)

    @Argument(help: "The rule's name.")
    var id: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let path = "/v1/rules/\(URLText.encode(id))"
        let outcome = try await store.withClient { try await $0.call("DELETE", path) }
        if output.json { return Terminal.print(outcome.json) }
        RuleCommand.report(outcome)
    }
}

struct RuleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Apply rules to what is known now.",
        discussion: """
            Examples:
              fovea rule run
              fovea rule run traffic
            """)

    @Argument(help: "Names of rules. Default: all.")
    var ids: [String] = []
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let body: Document = ["rules": .array(ids.map { .string($0) })]
        let answer = try await store.withClient { try await $0.call("POST", "/v1/rules/run", body) }
        for outcome in (answer["rules"]?.arrayValue ?? []).compactMap(\.objectValue) {
            if output.json { Terminal.print(outcome.json) } else { RuleCommand.report(outcome) }
        }
    }
}
