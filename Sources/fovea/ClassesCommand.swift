import ArgumentParser
import Base
import Engine
import Pipeline
import Server
import SystemPackage

struct ClassesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classes", abstract: "Declare the classes that labels name: which is a kind of which.",
        discussion: """
            A class may have several parents, and other names that labels may say. The filter operator $isa finds \
            the labels of a class and of all below it. No label is changed by any of this.

            Examples:
              fovea classes add animal
              fovea classes add cat --parent animal --synonym kitty
              fovea classes tree
              fovea find '{"label": {"$isa": "animal"}}'
            """,
        subcommands: [
            ClassesListCommand.self, ClassesTreeCommand.self, ClassesAddCommand.self,
            ClassesRenameCommand.self, ClassesRemoveCommand.self, ClassesImportCommand.self,
        ])

    /// The names of a list, for a table.
    static func names(_ value: Value?) -> String {
        (value?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", ")
    }
}

struct ClassesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the declared label classes.",
        discussion: """
            Example:
              fovea classes list --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("GET", "/v1/classes") }
        let classes = (answer["classes"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return classes.forEach { Terminal.print($0.json) } }
        if !classes.isEmpty {
            var table = Table(["class", "title", "parents", "synonyms", "part of"])
            table.rows = classes.map { one in
                [one["class"]?.stringValue ?? "", one["title"]?.stringValue ?? ""]
                    + ["parents", "synonyms", "part_of"].map { ClassesCommand.names(one[$0]) }
            }
            for line in table.lines(width: Terminal.width) { Terminal.print(line) }
        }
        let undeclared = ClassesCommand.names(answer["undeclared"])
        if !undeclared.isEmpty { Terminal.report("labels also say, undeclared: \(undeclared)") }
        if classes.isEmpty, undeclared.isEmpty { Terminal.report("there is no label class yet") }
    }
}

struct ClassesTreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Show the label classes below one another.",
        discussion: """
            A class with several parents stands below each of them; what is below it is shown the first time, and \
            stands as … after that.

            Examples:
              fovea classes tree
              fovea classes tree animal
            """)

    @Argument(help: "The class to begin with. Default: all that have no parent.")
    var name: String?
    @OptionGroup var store: StoreOption

    func run() async throws {
        let answer = try await store.withClient { try await $0.call("GET", "/v1/classes") }
        let classes = (answer["classes"]?.arrayValue ?? []).compactMap(\.objectValue)
        var children: [String: [String]] = [:]
        var titles: [String: String] = [:]
        var roots: [String] = []
        for one in classes {
            guard let own = one["class"]?.stringValue else { continue }
            titles[own] = one["title"]?.stringValue
            let parents = (one["parents"]?.arrayValue ?? []).compactMap(\.stringValue)
            if parents.isEmpty { roots.append(own) }
            for parent in parents { children[parent, default: []].append(own) }
        }
        if let name {
            let meant = classes.compactMap { $0["class"]?.stringValue }.filter {
                $0 == name || titles[$0] == name
            }
            guard let first = meant.first else {
                throw EngineError(.notFound, "there is no label class '\(name)'")
            }
            roots = meant.contains(name) ? [name] : meant.count == 1 ? [first] : meant
        }
        guard !roots.isEmpty else { return Terminal.report("there is no label class yet") }
        var shown: Set<String> = []
        var open = roots.reversed().map { (name: $0, depth: 0) }
        while let (name, depth) = open.popLast() {
            let below = children[name] ?? []
            let isRepeated = !shown.insert(name).inserted && !below.isEmpty
            let title = titles[name].map { $0 == name ? "" : "  \($0)" } ?? ""
            Terminal.print(
                String(repeating: "  ", count: depth) + name + title + (isRepeated ? "  …" : ""))
            if !isRepeated { for child in below.reversed() { open.append((child, depth + 1)) } }
        }
    }
}

struct ClassesAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Declare a label class, or add to one.",
        discussion: """
            Parents must have been declared. Of a class that there is, parents and synonyms come to those that it has.

            Example:
              fovea classes add cat --parent animal --parent pet --synonym kitty --title 'House cat'
            """)

    @Argument(help: "What labels say.")
    var name: String
    @Option(name: .customLong("parent"), help: "A class that it is a kind of; may be given several times.")
    var parents: [String] = []
    @Option(name: .customLong("synonym"), help: "What labels may say for it; may be given several times.")
    var synonyms: [String] = []
    @Option(help: "What people call it.")
    var title: String?
    @OptionGroup var store: StoreOption

    func run() async throws {
        var one: Document = ["class": .string(name)]
        if let title { one["title"] = .string(title) }
        if !parents.isEmpty { one["parents"] = .array(parents.map { .string($0) }) }
        if !synonyms.isEmpty { one["synonyms"] = .array(synonyms.map { .string($0) }) }
        let body: Document = ["classes": [.object(one)]]
        let answer = try await store.withClient { try await $0.call("POST", "/v1/classes", body) }
        Terminal.report(
            answer["added"] == 1
                ? "declared \(name)" : answer["changed"] == 1 ? "changed \(name)" : "nothing new of \(name)")
    }
}

struct ClassesRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a label class another name.",
        discussion: """
            The old name becomes a synonym: labels that say it still belong to the class.

            Example:
              fovea classes rename kitty cat
            """)

    @Argument(help: "The class.")
    var name: String
    @Argument(help: "Its new name.")
    var to: String
    @OptionGroup var store: StoreOption

    func run() async throws {
        let body: Document = ["class": .string(name), "to": .string(to)]
        _ = try await store.withClient { try await $0.call("POST", "/v1/classes/rename", body) }
        Terminal.report("\(name) is \(to) now, and a synonym of it")
    }
}

struct ClassesRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a label class, or parents and synonyms of one.",
        discussion: """
            Classes below a removed one come below its parents. Labels stay as they are.

            Examples:
              fovea classes remove pet
              fovea classes remove cat --parent pet --synonym kitty
            """)

    @Argument(help: "The class.")
    var name: String
    @Option(name: .customLong("parent"), help: "Remove only this parent; may be given several times.")
    var parents: [String] = []
    @Option(name: .customLong("synonym"), help: "Remove only this synonym; may be given several times.")
    var synonyms: [String] = []
    @OptionGroup var store: StoreOption

    func run() async throws {
        let body: Document = [
            "class": .string(name), "parents": .array(parents.map { .string($0) }),
            "synonyms": .array(synonyms.map { .string($0) }),
        ]
        _ = try await store.withClient { try await $0.call("POST", "/v1/classes/remove", body) }
        Terminal.report(parents.isEmpty && synonyms.isEmpty ? "removed \(name)" : "changed \(name)")
    }
}

struct ClassesImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Declare the label classes in files of Open Images.",
        discussion: """
            Takes class-descriptions.csv and the hierarchy's JSON, one or both; all of it comes in at once or nothing \
            does. What is a part of something does not become a kind of it.

            Example:
              fovea classes import class-descriptions.csv bbox_labels_600_hierarchy.json
            """)

    @Argument(help: "The files.")
    var files: [String]
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var classes: [Value] = []
        for file in files {
            classes += try OpenImagesClasses.read(file: FilePath(file)).map { .object($0) }
        }
        let body: Document = ["classes": .array(classes)]
        let answer = try await store.withClient { try await $0.call("POST", "/v1/classes", body) }
        if output.json { return Terminal.print(answer.json) }
        Terminal.report(
            "\(answer["added"]?.integerValue ?? 0) classes declared, \(answer["changed"]?.integerValue ?? 0) changed"
        )
    }
}
