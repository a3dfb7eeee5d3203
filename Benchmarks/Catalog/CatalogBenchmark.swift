import Base
import Glibc

/// Measures the catalog beside PostgreSQL on the same collection of images and tags, in one run.
///
/// `CatalogBenchmark run FOLDER [--images N] [--draws N] [--findings FILE] [--only PART,…]` makes everything
/// in FOLDER, which must be on a disk and open to other users, and removes it. The parts are `load`, on which
/// all others stand, `queries`, `opening`, `first-use` and `writers`.
///
/// `CatalogBenchmark alone FOLDER [--images N] [--draws N] [--only PART,…]` measures the parts `facet`,
/// `building` and `writers` without PostgreSQL, on a store that it makes once and leaves in FOLDER: for a
/// profiler, and to see what a change to the code has changed.
///
/// `CatalogBenchmark prepare FOLDER --pictures FOLDER [--images N]` makes a store that is ready to be served,
/// and the files that fill PostgreSQL's tables with the same, and leaves both in FOLDER.
///
/// `CatalogBenchmark intervals FOLDER [--images N]` makes a store of videos with N intervals, and leaves it
/// in FOLDER.
@main
enum CatalogBenchmark {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.first == "probe", arguments.count == 4, let seed = Int(arguments[3]) {
                print(try OpeningReport(opening: arguments[1], mode: arguments[2], seed: seed).line)
                return
            }
            guard let mode = arguments.first, ["run", "alone", "prepare", "intervals"].contains(mode),
                arguments.count >= 2
            else {
                throw BenchmarkFailure(
                    "usage: CatalogBenchmark run|alone|prepare|intervals FOLDER [--images N] [--draws N] "
                        + "[--findings FILE] [--only PART,…] [--pictures FOLDER]")
            }
            let options = try BenchmarkOptions(folder: arguments[1], Array(arguments.dropFirst(2)))
            switch mode {
            case "alone": try AloneBenchmark(options: options).run()
            case "intervals": try IntervalStore(options: options).make()
            case "prepare": try ServedCollection(options: options).make()
            default: try await run(options)
            }
        } catch {
            fflush(nil)
            let message = Array("CatalogBenchmark: \(error)\n".utf8)
            _ = write(STDERR_FILENO, message, message.count)
            exit(1)
        }
    }

    private static func run(_ options: BenchmarkOptions) async throws {
        var findings = Findings()
        let storePath = options.folder + "/store"
        let watch = Stopwatch()
        let collection = Collection(count: options.images, seed: 0xF0_7EA)
        print("made \(collection.count) images in \(Findings.text(watch.wall)) s")
        fflush(nil)
        let server = try PostgresServer(directory: options.folder + "/postgres")
        defer {
            server.stop()
            for path in [storePath, server.directory] {
                _ = try? Subprocess.run(["rm", "-rf", path], output: options.folder + "/rm.log")
            }
        }
        let connection = try server.connect()
        let tables = LoadedTables(
            connection: connection, files: CopyFiles(directory: server.directory))
        try LoadBenchmark(collection: collection, server: server, tables: tables, storePath: storePath)
            .run(rounds: options.loads, &findings)
        if options.includes("queries") {
            try await QueryBenchmark(
                collection: collection, server: server, connection: connection, storePath: storePath,
                draws: options.draws
            ).run(&findings)
        }
        if options.includes("opening") {
            try OpeningBenchmark(storePath: storePath, imageCount: collection.count, rounds: options.openings)
                .run(&findings)
        }
        if options.includes("writers") {
            try WritingBenchmark(
                collection: collection, server: server, connection: connection, storePath: storePath,
                seconds: 4, rounds: options.loads
            ).run(&findings)
        }
        if options.includes("first-use") {
            try FirstUseBenchmark(collection: collection, storePath: storePath).run(&findings)
        }
        if let file = options.findings { try findings.document.json.write(to: file) }
        print("all in \(Findings.text(watch.wall)) s")
    }
}

/// What a run is to do.
struct BenchmarkOptions {
    var folder: String
    var images = 1_000_000
    var draws = 15
    /// Rounds of loading and of writers.
    var loads = 3
    var openings = 7
    var findings: String?
    /// JPEG files, which the images have in turn.
    var pictures: String?
    var only: [String] = []

    init(folder: String, _ arguments: [String]) throws {
        self.folder = folder
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchmarkFailure("\(name) needs a value") }
            switch name {
            case "--images": images = try BenchmarkOptions.number(value, name)
            case "--draws": draws = try BenchmarkOptions.number(value, name)
            case "--loads": loads = try BenchmarkOptions.number(value, name)
            case "--findings": findings = value
            case "--pictures": pictures = value
            case "--only": only = value.split(separator: ",").map(String.init)
            default: throw BenchmarkFailure("there is no option \(name)")
            }
        }
    }

    func includes(_ part: String) -> Bool { only.isEmpty || only.contains(part) }

    private static func number(_ text: String, _ name: String) throws -> Int {
        guard let number = Int(text), number > 0 else {
            throw BenchmarkFailure("\(name) must be a number above 0, not '\(text)'")
        }
        return number
    }
}
