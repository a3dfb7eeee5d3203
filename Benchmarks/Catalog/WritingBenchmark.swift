import Base
import Catalog
import Columns
@preconcurrency import Dispatch
import Engine
import Glibc
import Synchronization
import SystemPackage

/// Many writers at once, each waiting until its image with five tags is durable before it sends the next.
struct WritingBenchmark {
    static let writers = 32
    let collection: Collection
    let server: PostgresServer
    let connection: PostgresConnection
    let storePath: String
    let seconds: Double
    let rounds: Int

    /// What one round of writers saw.
    struct Traffic {
        var transactions = 0
        var wall = 0.0
        var processor = 0.0
        var latencies: [Double] = []
        var rate: Double { Double(transactions) / wall }
    }

    func run(_ findings: inout Findings) throws {
        let lean = storePath + "-lean"
        defer { _ = try? Subprocess.run(["rm", "-rf", lean], output: lean + ".log") }
        try Store.create(at: FilePath(lean))
        let fresh = try Catalog.open(FilePath(lean))
        let names = (0..<Collection.tagCount).map(Collection.tagName)
        try fresh.write {
            try $0.insert(
                LoadedStore.tag, rows: BulkRows(count: names.count, columns: [.init("name", .strings(names))])
            )
        }
        let loaded = try Catalog.open(FilePath(storePath))
        defer {
            fresh.close()
            loaded.close()
        }
        try LoadedStore.buildIndexes(loaded)
        try connection.run("CREATE SEQUENCE IF NOT EXISTS image_ids START \(collection.count)")
        var ours = Series("Fovea, store of the collection, columns kept up", role: "ours")
        var plain = Series("Fovea, new store without columns", role: "information")
        var theirs = Series("PostgreSQL, the collection's tables and indexes", role: "peer")
        var latencies = (ours: [Double](), plain: [Double](), theirs: [Double]())
        var worst = Double.infinity
        for round in 0..<rounds {
            let disk = try DiskSpeed.syncsPerSecond(in: storePath)
            let first = WritingBenchmark.write(to: loaded, seed: UInt64(100 + round), seconds: seconds)
            let second = WritingBenchmark.write(to: fresh, seed: UInt64(200 + round), seconds: seconds)
            let after = try DiskSpeed.syncsPerSecond(in: storePath)
            let other = try pgbench(round)
            ours.add(first)
            plain.add(second)
            theirs.add(other)
            latencies.ours += first.latencies
            latencies.plain += second.latencies
            latencies.theirs += other.latencies
            // A quick disk asks for what the processor gives, a slow one for so much of each wait.
            let wanted = min(25_000, 20 * (disk + after) / 2)
            worst = min(worst, first.rate / wanted)
            findings.note(
                "Disk \(Findings.text(disk)) and \(Findings.text(after)) fdatasync/s: \(Findings.text(first.rate)) tx/s with columns, "
                    + "\(Findings.text(second.rate)) without, PostgreSQL \(Findings.text(other.rate)) (wanted \(Findings.text(wanted)))."
            )
        }
        findings.table(
            "\(WritingBenchmark.writers) writers, durable", item: "a transaction of one image and five tags",
            unit: "µs",
            scale: 1e6, [ours, plain, theirs])
        for (name, values) in [
            ("with columns", latencies.ours), ("without", latencies.plain), ("PostgreSQL", latencies.theirs),
        ] {
            let parts = [0.5, 0.99, 0.999].map { Findings.text(Series.quantile($0, of: values) * 1e3) }
            findings.note("Latency \(name): p50 \(parts[0]), p99 \(parts[1]), p99.9 \(parts[2]) ms.")
        }
        findings.atLeast("writers: of 20 transactions a sync, at most 25,000/s", 1, worst, " x")
        findings.atMost("writers: p99", 5, Series.quantile(0.99, of: latencies.ours) * 1e3, " ms")
        try WritingBenchmark.check(loaded)
    }

    /// Every image that was answered for is there, and memory and disk agree on it.
    static func check(_ catalog: Catalog) throws {
        let (members, ids, tags) = try catalog.read { snapshot in
            let classes = try TagClasses(snapshot)
            let ids = try snapshot.select(classes.image, try classes.property("quality"), .present).ids
            let postings = try snapshot.postings(of: classes.tagged, classes.ends, keyedBy: .target)
            return (snapshot.count(of: classes.image), ids.count, postings?.edgeCount ?? 0)
        }
        guard members == ids, tags == members * Collection.tagsPerImage else {
            throw BenchmarkFailure("\(members) images, \(ids) in the column, \(tags) tags")
        }
    }

    /// Lets all writers write for so many seconds.
    static func write(to catalog: Catalog, seed: UInt64, seconds: Double) -> Traffic {
        let watch = Stopwatch()
        let results = Mutex(Traffic())
        let group = DispatchGroup()
        for number in 0..<WritingBenchmark.writers {
            DispatchQueue(label: "writer-\(number)").async(group: group) {
                var maker = ImageMaker(seed: seed << 8 + UInt64(number))
                var latencies: [Double] = []
                var count = 0
                while watch.wall < seconds {
                    let drawn = maker.next(number: number * 1_000_000 + count)
                    let begin = Stopwatch.now
                    do {
                        try catalog.write { try LoadedStore.insert(drawn, $0) }
                    } catch {
                        print("a transaction failed: \(error)")
                        return
                    }
                    latencies.append(Stopwatch.now - begin)
                    count += 1
                }
                results.withLock {
                    $0.latencies += latencies
                    $0.transactions += count
                }
            }
        }
        group.wait()
        return results.withLock { traffic in
            traffic.wall = watch.wall
            traffic.processor = watch.processor
            return traffic
        }
    }

    // MARK: - Private

    private func pgbench(_ round: Int) throws -> Traffic {
        let script = server.directory + ".pgbench.sql"
        try WritingBenchmark.script.write(to: script)
        let prefix = server.directory + "/latency-\(round)"
        let before = server.processorSeconds
        let watch = Stopwatch()
        let printed = try server.pgbench([
            "-n", "-M", "prepared", "-c", String(WritingBenchmark.writers), "-j", "2", "-T",
            String(Int(seconds.rounded(.up))), "-f", script, "-l", "--log-prefix=\(prefix)",
        ])
        var traffic = Traffic()
        traffic.wall = watch.wall
        traffic.processor = server.processorSeconds - before
        for line in printed.split(separator: "\n")
        where line.hasPrefix("number of transactions actually processed:") {
            traffic.transactions =
                line.split(separator: " ").last.flatMap { Int($0.split(separator: "/")[0]) } ?? 0
        }
        guard traffic.transactions > 0 else { throw BenchmarkFailure("pgbench did nothing:\n\(printed)") }
        let list = try Subprocess.run(
            ["sh", "-c", "cut -d' ' -f3 '\(prefix)'.*"], output: server.directory + ".latency.log")
        traffic.latencies = list.split(separator: "\n").compactMap { Double($0).map { $0 / 1e6 } }
        return traffic
    }

    /// One statement and so one journey a transaction: the quickest form that was found.
    private static let script: String = {
        let tags = (1...Collection.tagsPerImage)
        let sets = tags.map {
            "\\set t\($0) random_zipfian(1, \(Collection.tagCount), 1.001)\n\\set p\($0) random(5000, 9999)"
        }
        let values = tags.map { "(:t\($0)::int - 1, :p\($0)::float8 / 10000)" }
        return """
            \\set n random(0, 99999999)
            \\set o random_zipfian(1, \(Collection.ownerCount), 1.001)
            \\set c random_zipfian(1, 200, 1.001)
            \\set k random_zipfian(1, 150, 1.001)
            \\set w random(640, 6000)
            \\set b random(40000, 20000000)
            \\set s random(1104537600, 1735689600)
            \\set a random(-5500000, 6500000)
            \\set l random(-17000000, 17000000)
            \(sets.joined(separator: "\n"))
            WITH image AS (INSERT INTO images VALUES (nextval('image_ids'), 'photographs/00000/IMG_' || :n || '.jpg', \
            'owner-' || :o, 'camera-' || :c, 'country-' || :k, 'CC-BY-4.0', :w, :w, :b, to_timestamp(:s), \
            :a::float8 / 100000, :l::float8 / 100000, random()) RETURNING id) \
            INSERT INTO tagged SELECT id, tag, prob FROM image, (VALUES \(values.joined(separator: ", "))) t(tag, prob);

            """
    }()
}

extension Series {
    /// Adds a round of transactions.
    fileprivate mutating func add(_ traffic: WritingBenchmark.Traffic) {
        wall.append(traffic.wall / Double(traffic.transactions))
        processor.append(traffic.processor / Double(traffic.transactions))
    }
}

extension String {
    /// Writes the text to a file that anyone may read.
    func write(to path: String) throws {
        guard let file = fopen(path, "w") else { throw BenchmarkFailure("cannot write \(path)") }
        fputs(self, file)
        guard fclose(file) == 0 else { throw BenchmarkFailure("cannot write \(path)") }
    }
}
