import ArgumentParser
import Base
import Engine
import Server

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete entities, by a filter or by their ids.",
        discussion: """
            Their labels and connections go with them. Their bytes stay until 'fovea gc', and what was deleted, \
            when and by whom is kept. Adding a file again makes a new entity. Exits 1 if an id named nothing.

            Examples:
              fovea delete 1.0.42 1.0.43
              fovea delete '{"error": {"$exists": true}}' --dry-run
              fovea delete '{}' --class Image --yes
            """)

    @OptionGroup var deletion: DeletionOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await deletion.run("delete", past: "deleted", store, isJSON: output.json)
    }
}

struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Erase entities for good, with their bytes and all that was made of them.",
        discussion: """
            As delete; and their bytes are overwritten at once, cached pixels and what the label log says of them \
            are erased, and packs that held anything dead are written anew. Ids may be those of entities deleted \
            before. Files that were added with --reference are not the store's, and stay. Backups made before \
            still hold everything. A purge that was interrupted is completed by running it again.

            Examples:
              fovea purge 1.0.42
              fovea purge '{"person": "ann"}' --dry-run
            """)

    @OptionGroup var deletion: DeletionOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await deletion.run("purge", past: "purged", store, isJSON: output.json)
    }
}

/// Which entities are to go.
struct DeletionOption: ParsableArguments {
    @Argument(help: "A filter as JSON, or one or more _uniqueids.")
    var targets: [String]

    @Option(name: .customLong("class"), help: "The class of the entities.")
    var entityClass = "Image"
    @Flag(help: "Say only how many there are.")
    var dryRun = false
    @Flag(help: "Needed where the filter is {}: all entities of the class go.")
    var yes = false

    private var isFilter: Bool { targets.first?.first { $0 != " " } == "{" }

    func validate() throws {
        if isFilter, targets.count > 1 {
            throw ValidationError(
                "One filter, or ids; not \(targets.count) arguments that begin with a filter.")
        }
        if !isFilter, let wrong = targets.first(where: { EntityID($0) == nil }) {
            throw ValidationError(
                "'\(wrong)' is neither a filter, as {\"label\": \"cat\"}, nor an id, as 1.0.42.")
        }
    }

    fileprivate func run(_ verb: String, past: String, _ store: StoreOption, isJSON: Bool) async throws {
        var request: Document = ["dry_run": .boolean(dryRun)]
        if isFilter {
            let filter = try SelectionOption.parse(filter: targets[0])
            if filter.objectValue?.isEmpty == true, !yes, !dryRun {
                throw ValidationError(
                    "The filter {} matches every \(entityClass): say --yes if that is meant.")
            }
            request["filter"] = filter
            request["everything"] = .boolean(yes)
        } else {
            request["ids"] = .array(targets.map { .string($0) })
        }
        let (path, body) = ("/v1/entities/\(URLText.encode(entityClass))/\(verb)", request)
        let entityClass = entityClass
        let (answer, missing) = try await store.withClient { client in
            let answer = try await client.call("POST", path, body)
            var missing: [(id: String, entityClass: String?)] = []
            for id in (answer["missing"]?.arrayValue ?? []).compactMap(\.stringValue) {
                missing.append((id, isJSON ? nil : try await client.knownClass(of: id)))
            }
            return (answer, missing)
        }
        if isJSON {
            Terminal.print(answer.json)
        } else {
            for (id, actual) in missing {
                let other = actual.flatMap { $0 == entityClass ? nil : $0 }
                let advice = other.map { ": that is an id of the class \($0), say --class \($0)" } ?? ""
                Terminal.report("there is no \(entityClass) \(id)\(advice)")
            }
            let count = answer[dryRun ? "matched" : past]?.integerValue ?? 0
            Terminal.report(
                "\(dryRun ? "would have \(past)" : past) \(count) \(count == 1 ? "entity" : "entities")")
        }
        if !missing.isEmpty { throw ExitStatus.findings.exitCode }
    }
}
