import Base
import Catalog
import Columns
@preconcurrency import Dispatch
import Glibc
import Synchronization
import SystemPackage

/// A store without any column: what the first query on one waits for, and what it costs writers that it is
/// built beside them.
struct FirstUseBenchmark {
    let collection: Collection
    let storePath: String

    func run(_ findings: inout Findings) throws {
        try Subprocess.run(["rm", "-rf", storePath + "/columns"], output: storePath + ".rm.log")
        let catalog = try Catalog.open(FilePath(storePath))
        defer { catalog.close() }
        let writer = SteadyWriter(catalog)
        let before = writer.run { usleep(1_500_000) }
        var first = Series("first query on a column, by SQL", role: "information")
        var built = Series("until its column answers", role: "information")
        var after = Series("the same query then", role: "information")
        let during = try writer.run {
            for property in ["quality", "lat", "lon", "owner", "camera", "country", "captured_at", "bytes"] {
                try firstUse(of: property, catalog, &first, &built, &after)
            }
            try catalog.read { snapshot in
                let classes = try TagClasses(snapshot)
                _ = try snapshot.postings(of: classes.tagged, classes.ends, keyedBy: .target)
            }
        }
        findings.table("First use", item: "a query with one condition", [first, built, after])
        for (name, latencies) in [("before", before), ("while columns and postings are built", during)] {
            let parts = [0.5, 0.99, 1].map { Findings.text(Series.quantile($0, of: latencies) * 1e3) }
            findings.note(
                "Commits of one writer \(name): p50 \(parts[0]), p99 \(parts[1]), greatest \(parts[2]) ms of \(latencies.count)."
            )
        }
        let slower = Series.quantile(0.99, of: during) - Series.quantile(0.99, of: before)
        findings.atMost("commits while columns are built: p99 above that before", 5, slower * 1e3, " ms")
    }

    private func firstUse(
        of name: String, _ catalog: Catalog, _ first: inout Series, _ built: inout Series,
        _ after: inout Series
    ) throws {
        let predicate: ColumnPredicate =
            switch name {
            case "quality": .atLeast(.float(0.9))
            case "lat", "lon": .range(lower: .including(.float(10)), upper: .including(.float(20)))
            case "bytes": .less(than: .integer(1_000_000))
            case "captured_at": .less(than: .dateTime(Collection.firstCapture + Collection.captureSpan / 10))
            default: .matching { $0.hasSuffix("7") }
            }
        func ask() throws -> (ids: IdSet, source: Selection.Source) {
            try catalog.read { snapshot in
                let classes = try TagClasses(snapshot)
                let found = try snapshot.select(classes.image, try classes.property(name), predicate)
                return (found.ids, found.source)
            }
        }
        let watch = Stopwatch()
        let answer = try first.measure(ask)
        guard answer.source == .sql else { throw BenchmarkFailure("'\(name)' had a column already") }
        while true {
            let source = try catalog.read { snapshot in
                let classes = try TagClasses(snapshot)
                return snapshot.source(classes.image, try classes.property(name))
            }
            if source == .column { break }
            usleep(1_000)
            if watch.wall > 60 { throw BenchmarkFailure("'\(name)' gets no column") }
        }
        built.wall.append(watch.wall)
        let again = try after.measure(ask)
        // The writer has gone on meanwhile: what was found before is still there.
        guard answer.ids.isSubset(of: again.ids) else {
            throw BenchmarkFailure("the column of '\(name)' lacks what SQL has found")
        }
    }
}

/// One writer that sends small transactions one after the other while something else is done.
private struct SteadyWriter {
    let catalog: Catalog

    init(_ catalog: Catalog) { self.catalog = catalog }

    /// How long each transaction took until it was durable.
    func run(_ body: () throws -> Void) rethrows -> [Double] {
        let isOver = Mutex(false)
        let latencies = Mutex<[Double]>([])
        let group = DispatchGroup()
        let catalog = catalog
        DispatchQueue(label: "steady-writer").async(group: group) {
            var maker = ImageMaker(seed: 0xF1_257)
            var number = 0
            while !isOver.withLock({ $0 }) {
                let drawn = maker.next(number: number)
                let begin = Stopwatch.now
                guard (try? catalog.write { try LoadedStore.insert(drawn, $0) }) != nil else { return }
                let end = Stopwatch.now
                latencies.withLock { $0.append(end - begin) }
                number += 1
                usleep(1_000)
            }
        }
        defer { group.wait() }
        defer { isOver.withLock { $0 = true } }
        try body()
        isOver.withLock { $0 = true }
        group.wait()
        return latencies.withLock { $0 }
    }
}
