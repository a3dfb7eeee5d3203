import Base
import Catalog
import Columns
import Engine
import Glibc
import SystemPackage

/// Some parts of the benchmark without PostgreSQL, on a store that stays from one run to the next.
struct AloneBenchmark {
    let options: BenchmarkOptions
    private static let seed: UInt64 = 0xF0_7EA

    private var storePath: String { options.folder + "/store" }

    func run() throws {
        let collection = Collection(count: options.images, seed: AloneBenchmark.seed)
        if access(storePath, F_OK) != 0 {
            try Store.create(at: FilePath(storePath))
            let catalog = try Catalog.open(FilePath(storePath))
            try LoadedStore.insertImages(collection, into: catalog)
            try LoadedStore.connectTags(collection, in: catalog)
            try LoadedStore.buildIndexes(catalog)
            catalog.close()
        }
        if options.includes("facet") { try facet(collection) }
        if options.includes("building") { try building() }
        if options.includes("writers") { try writers() }
    }

    // MARK: - Private

    /// Facets of all tags within a box, each compared with a count over the collection itself.
    private func facet(_ collection: Collection) throws {
        let catalog = try Catalog.open(FilePath(storePath))
        defer { catalog.close() }
        try LoadedStore.buildIndexes(catalog)
        var random = RandomSource(seed: 0xF1_17E2)
        var whole = Series("facet, box and all", role: "ours")
        var counting = Series("counting alone", role: "information")
        for _ in 0..<options.draws {
            let question = TagQuestion.drawFacet(&random, collection)
            let counts = try whole.measure { try catalog.read { try question.facet($0) } }
            try catalog.read { snapshot in
                let box = try question.select(snapshot)
                let classes = try TagClasses(snapshot)
                // The store may hold what writers have added since.
                let added = snapshot.count(of: classes.image) > collection.count
                guard added || counts == collection.counts(of: box, question) else {
                    throw BenchmarkFailure("wrong counts: \(question.statement)")
                }
                guard let postings = try snapshot.postings(of: classes.tagged, classes.ends, keyedBy: .target)
                else { throw BenchmarkFailure("the tags have no postings") }
                _ = counting.measure { postings.facet(over: box, where: question.ranges) }
            }
        }
        var findings = Findings()
        findings.table("Facet of all tags within a box", item: "an answer", [whole, counting])
    }

    /// Columns built from the tables of a store that has just been opened.
    private func building() throws {
        var columns = Series("\(LoadedStore.queried.count) columns", role: "ours")
        var postings = Series("columns and postings", role: "ours")
        for _ in 0..<options.loads {
            try Subprocess.run(["rm", "-rf", storePath + "/columns"], output: storePath + ".rm.log")
            let catalog = try Catalog.open(FilePath(storePath))
            let watch = Stopwatch()
            for property in LoadedStore.queried {
                try catalog.buildIndex(of: LoadedStore.image, property: property)
            }
            columns.wall.append(watch.wall)
            columns.processor.append(watch.processor)
            try LoadedStore.buildIndexes(catalog)
            postings.wall.append(watch.wall)
            postings.processor.append(watch.processor)
            catalog.close()
        }
        var findings = Findings()
        findings.table(
            "Building from the tables", item: "all of them", unit: "s", scale: 1, [columns, postings])
    }

    /// Durable writers, with what the disk gives before and after each round.
    private func writers() throws {
        let catalog = try Catalog.open(FilePath(storePath))
        defer { catalog.close() }
        try LoadedStore.buildIndexes(catalog)
        var findings = Findings()
        for round in 0..<options.loads {
            let disk = try DiskSpeed.syncsPerSecond(in: storePath)
            let first = catalog.newestCommit
            let seed = UInt64(Stopwatch.now * 1e3) + UInt64(round)
            let traffic = WritingBenchmark.write(to: catalog, seed: seed, seconds: 4)
            let commits = Double(catalog.newestCommit - first)
            let after = try DiskSpeed.syncsPerSecond(in: storePath)
            let parts = [0.5, 0.99, 0.999].map {
                Findings.text(Series.quantile($0, of: traffic.latencies) * 1e3)
            }
            findings.note(
                "Disk \(Findings.text(disk)) and \(Findings.text(after)) fdatasync/s: "
                    + "\(Findings.text(traffic.rate)) tx/s, \(Findings.text(traffic.rate * 2 / (disk + after))) a sync of "
                    + "the disk, \(Findings.text(Double(traffic.transactions) / commits)) a commit, CPU "
                    + "\(Findings.text(traffic.processor / Double(traffic.transactions) * 1e6)) µs each; p50 \(parts[0]), "
                    + "p99 \(parts[1]), p99.9 \(parts[2]) ms")
        }
        try WritingBenchmark.check(catalog)
    }
}

extension Collection {
    /// How many of the images have each tag with at least the question's probability, by lower number.
    fileprivate func counts(of images: IdSet, _ question: TagQuestion) -> [PostingCount] {
        guard case .facet(_, let probability) = question else { return [] }
        var counts = [Int](repeating: 0, count: Collection.tagCount)
        for image in images.ids {
            let first = Int(image) * Collection.tagsPerImage
            for edge in first..<first + Collection.tagsPerImage where probabilities[edge] >= probability {
                counts[Int(tags[edge])] += 1
            }
        }
        return counts.indices.compactMap { tag in
            counts[tag] == 0 ? nil : PostingCount(key: UInt32(tag), count: counts[tag])
        }
    }
}
