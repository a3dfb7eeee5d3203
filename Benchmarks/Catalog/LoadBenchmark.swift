import Catalog
import Engine
import Glibc
import SystemPackage

/// Loads the collection into both databases, and builds what their queries need. The last round's stay.
struct LoadBenchmark {
    let collection: Collection
    let server: PostgresServer
    let tables: LoadedTables
    let storePath: String

    func run(rounds: Int, _ findings: inout Findings) throws {
        try tables.files.write(collection)
        let millions = Double(collection.count) / 1e6
        let size = "\(Findings.text(millions)) M images, \(Findings.text(5 * millions)) M tags"
        var ours = [Series("Fovea, bulk calls, checkpoint included", role: "ours")]
        ours.append(Series("Fovea, with columns and postings, saved", role: "ours"))
        var theirs = [Series("PostgreSQL, binary COPY, logged", role: "peer")]
        theirs.append(
            Series("PostgreSQL, with \(LoadedTables.indexes.count) indexes, VACUUM ANALYZE", role: "peer"))
        var images = Series("Fovea, images alone", role: "information")
        var indexes = Series("Fovea, columns and postings alone", role: "information")
        var theirIndexes = Series("PostgreSQL, indexes alone", role: "information")
        for _ in 0..<rounds {
            try loadStore(&ours, &images, &indexes)
            try loadTables(&theirs, &theirIndexes)
        }
        findings.table("Bulk load, rows", item: size, unit: "s", scale: 1, [ours[0], theirs[0], images])
        findings.table(
            "Bulk load, ready for the queries", item: size, unit: "s", scale: 1,
            [ours[1], theirs[1], indexes, theirIndexes])
        findings.atMost(
            "bulk load with indexes against COPY with indexes", 1, ours[1].median / theirs[1].median, " x")
        let total = try tables.connection.integer(
            "SELECT (pg_total_relation_size('images') + pg_total_relation_size('tagged')) / 1000000")
        findings.note(
            "On disk: catalog.sqlite \(try megabytes("catalog.sqlite")) MB, columns \(try columnMegabytes()) MB; PostgreSQL \(total) MB."
        )
    }

    // MARK: - Private

    private func loadStore(_ ours: inout [Series], _ images: inout Series, _ indexes: inout Series) throws {
        try Subprocess.run(["rm", "-rf", storePath], output: storePath + ".rm.log")
        let directory = FilePath(storePath)
        try Store.create(at: directory)
        let whole = Stopwatch()
        let catalog = try Catalog.open(directory)
        try images.measure { try LoadedStore.insertImages(collection, into: catalog) }
        try LoadedStore.connectTags(collection, in: catalog)
        // Closing empties the log into the file.
        catalog.close()
        ours[0].wall.append(whole.wall)
        ours[0].processor.append(whole.processor)
        let reopened = try Catalog.open(directory)
        try indexes.measure {
            try LoadedStore.buildIndexes(reopened)
            reopened.close()
        }
        ours[1].wall.append(whole.wall)
        ours[1].processor.append(whole.processor)
    }

    private func loadTables(_ theirs: inout [Series], _ indexes: inout Series) throws {
        try tables.connection.run(LoadedTables.create)
        try tables.connection.run("CHECKPOINT")
        let before = server.processorSeconds
        let whole = Stopwatch()
        try tables.copyImages()
        try tables.copyTags()
        theirs[0].wall.append(whole.wall)
        theirs[0].processor.append(server.processorSeconds - before)
        try indexes.measure(on: server) { try tables.buildIndexes() }
        theirs[1].wall.append(whole.wall)
        theirs[1].processor.append(server.processorSeconds - before)
    }

    private func megabytes(_ name: String) throws -> Int {
        var status = stat()
        guard stat("\(storePath)/\(name)", &status) == 0 else {
            throw BenchmarkFailure("there is no \(name)")
        }
        return Int(status.st_size) / 1_000_000
    }

    private func columnMegabytes() throws -> Int {
        let printed = try Subprocess.run(
            ["du", "-sb", storePath + "/columns"], output: storePath + ".du.log")
        return (printed.split(separator: "\t").first.flatMap { Int($0) } ?? 0) / 1_000_000
    }
}
