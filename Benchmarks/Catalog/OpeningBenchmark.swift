import Base
import Catalog
import Glibc
import SystemPackage

/// How soon a store is at full speed after it was opened, and what memory its process then holds: measured in
/// processes of their own, which open it, answer and end.
struct OpeningBenchmark {
    let storePath: String
    let imageCount: Int
    let rounds: Int

    func run(_ findings: inout Findings) throws {
        var opening = Series("open", role: "information")
        var filter = Series("open, first filter with facets answered", role: "information")
        var both = Series("open, first answers of filter and tags", role: "ours")
        var rebuilt = Series("the same without snapshots, everything built", role: "information")
        var last = OpeningReport()
        for round in 0..<rounds {
            last = try probe("saved", seed: round)
            opening.wall.append(last.opened)
            filter.wall.append(last.filtered)
            both.wall.append(last.answered)
            both.processor.append(last.processor)
        }
        for round in 0..<max(rounds / 3, 1) {
            try Subprocess.run(["rm", "-rf", storePath + "/columns"], output: storePath + ".rm.log")
            let report = try probe("build", seed: round)
            rebuilt.wall.append(report.answered)
            rebuilt.processor.append(report.processor)
        }
        findings.table("Opening", item: "an opening", [both, opening, filter, rebuilt])
        let millions = Double(imageCount) / 1e6
        findings.atMost(
            "open to the first answers from snapshots", 200 * max(millions, 1), both.median * 1e3, " ms")
        findings.atMost(
            "memory of a process that holds the store", 60 + 100 * millions, Double(last.resident) / 1e6,
            " MB")
        findings.note(
            "Memory after the queries: resident \(last.resident / 1_000_000) MB, of it anonymous "
                + "\(last.anonymous / 1_000_000) and of files \((last.resident - last.anonymous) / 1_000_000); before opening "
                + "\(last.residentBefore / 1_000_000) MB; the columns count \(last.indexBytes / 1_000_000) MB."
        )
    }

    private func probe(_ mode: String, seed: Int) throws -> OpeningReport {
        let printed = try Subprocess.run(
            ["/proc/self/exe", "probe", storePath, mode, String(seed)].map {
                $0 == "/proc/self/exe" ? CommandLine.arguments[0] : $0
            }, output: storePath + ".probe.log")
        guard let report = OpeningReport(printed) else {
            throw BenchmarkFailure("the process that opens the store printed: \(printed)")
        }
        return report
    }
}

/// What the process says that opened a store: seconds since it began to, and bytes.
struct OpeningReport {
    var opened = 0.0
    var filtered = 0.0
    var answered = 0.0
    var processor = 0.0
    var residentBefore = 0
    var resident = 0
    var anonymous = 0
    var indexBytes = 0

    init() {}

    /// Opens a store and answers; `mode` is `saved` to use what lies in files, `build` to build first.
    init(opening path: String, mode: String, seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed) + 0x0BE4)
        let question = FilterQuestion.narrow(&random)
        let tags = TagQuestion.drawBoth(&random)
        residentBefore = OpeningReport.memory("VmRSS")
        let watch = Stopwatch()
        let catalog = try Catalog.open(FilePath(path))
        opened = watch.wall
        if mode == "build" { try LoadedStore.buildIndexes(catalog) }
        let answer = try catalog.read { try question.answer($0) }
        filtered = watch.wall
        let ids = try catalog.read { try tags.select($0) }
        answered = watch.wall
        processor = watch.processor
        guard answer.count + ids.count > 0 else { throw BenchmarkFailure("the store answers with nothing") }
        for _ in 0..<10 {
            _ = try catalog.read { try FilterQuestion.weak(&random).answer($0) }
            _ = try catalog.read { try TagQuestion.drawBoth(&random).select($0) }
        }
        resident = OpeningReport.memory("VmRSS")
        anonymous = OpeningReport.memory("RssAnon")
        indexBytes = catalog.indexByteCount.bytes
        catalog.close()
    }

    init?(_ line: String) {
        let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 8 else { return nil }
        opened = numbers[0]
        filtered = numbers[1]
        answered = numbers[2]
        processor = numbers[3]
        residentBefore = Int(numbers[4])
        resident = Int(numbers[5])
        anonymous = Int(numbers[6])
        indexBytes = Int(numbers[7])
    }

    var line: String {
        "\(opened) \(filtered) \(answered) \(processor) \(residentBefore) \(resident) \(anonymous) \(indexBytes)"
    }

    /// Bytes of a line of `/proc/self/status`.
    static func memory(_ name: String) -> Int {
        for line in Subprocess.contents(of: "/proc/self/status").split(separator: "\n")
        where line.hasPrefix(name + ":") {
            return (line.split(separator: " ").dropFirst().compactMap { Int($0) }.first ?? 0) * 1_024
        }
        return 0
    }
}
