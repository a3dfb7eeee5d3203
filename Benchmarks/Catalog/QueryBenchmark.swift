import Base
import Catalog
import Columns
import Engine
import Query
import SystemPackage

/// Filters with facets, and tags, answered by both databases in turn, with conditions drawn anew for each
/// answer.
struct QueryBenchmark {
    let collection: Collection
    let server: PostgresServer
    let connection: PostgresConnection
    let storePath: String
    let draws: Int
    /// Answers before those that count, and answers compared value by value, are drawn in the same way.
    private static let warmUps = 2
    private static let compared = 3

    func run(_ findings: inout Findings) async throws {
        let catalog = try Catalog.open(FilePath(storePath))
        defer { catalog.close() }
        try LoadedStore.buildIndexes(catalog)
        var random = RandomSource(seed: 0xF1_17E2)
        try filters("Three conditions, count and ten facets", 15, catalog, &findings) {
            FilterQuestion.narrow(&random)
        }
        try filters(
            "Weak conditions (most rows match), count and ten facets", 30, catalog, &findings
        ) { FilterQuestion.weak(&random) }
        try tags("Two tags, ids", 0.5, catalog, &findings) { TagQuestion.drawBoth(&random) }
        try tags("A tag within a box, ids", 1, catalog, &findings) {
            TagQuestion.drawWithin(&random, collection)
        }
        try tags("Facet of all tags within a box", 5, catalog, &findings) {
            TagQuestion.drawFacet(&random, collection)
        }
        catalog.close()
        try await throughStore(&findings)
    }

    // MARK: - Private

    private func filters(
        _ title: String, _ limit: Double, _ catalog: Catalog, _ findings: inout Findings,
        _ draw: () -> FilterQuestion
    ) throws {
        // Which form suits PostgreSQL is seen beforehand, in a few answers that are compared at length.
        var trials = Dictionary(uniqueKeysWithValues: FilterQuestion.Form.allCases.map { ($0, 0.0) })
        for _ in 0..<QueryBenchmark.compared {
            let question = draw()
            let ours = try catalog.read { try question.answer($0, limit: 200) }
            for form in FilterQuestion.Form.allCases {
                let watch = Stopwatch()
                let rows = try connection.run(question.statement(form, limit: 200))
                trials[form, default: 0] += watch.wall
                if let difference = ours.difference(from: try FilterQuestion.answer(rows)) {
                    throw BenchmarkFailure("\(title): the answers differ: \(difference), of \(question.sql)")
                }
            }
        }
        let form = trials.min { $0.value < $1.value }?.key ?? .gathered
        var ours = Series("Fovea", role: "ours")
        var theirs = Series("PostgreSQL", role: "peer")
        var matches: [Double] = []
        for round in 0..<draws + QueryBenchmark.warmUps {
            let question = draw()
            var (mine, other) = (ours, theirs)
            let answer = try mine.measure { try catalog.read { try question.answer($0) } }
            let rows = try other.measure(on: server) { try connection.run(question.statement(form)) }
            if let difference = answer.difference(from: try FilterQuestion.answer(rows)) {
                throw BenchmarkFailure("\(title): the answers differ: \(difference), of \(question.sql)")
            }
            if round < QueryBenchmark.warmUps { continue }
            (ours, theirs) = (mine, other)
            matches.append(Double(answer.count))
        }
        findings.table(
            title,
            item: "an answer, \(Findings.text(Series.quantile(0.5, of: matches))) images in the median",
            [ours, theirs])
        findings.atMost(title, limit * max(Double(collection.count) / 1e6, 1), ours.median * 1e3, " ms")
    }

    private func tags(
        _ title: String, _ limit: Double, _ catalog: Catalog, _ findings: inout Findings,
        _ draw: () -> TagQuestion
    ) throws {
        var ours = Series("Fovea", role: "ours")
        var theirs = Series("PostgreSQL, count alone", role: "peer")
        var sizes: [Double] = []
        for round in 0..<draws * 3 + QueryBenchmark.warmUps {
            let question = draw()
            var (mine, other) = (ours, theirs)
            var size = 0
            if case .facet = question {
                let counts = try mine.measure { try catalog.read { try question.facet($0) } }
                let rows = try other.measure(on: server) { try connection.run(question.statement) }
                try compare(counts, rows, question)
                size = counts.count
            } else {
                let ids = try mine.measure { try catalog.read { try question.select($0) } }
                let rows = try other.measure(on: server) { try connection.run(question.countStatement) }
                size = ids.count
                guard Int(rows[0, 0]) == size else {
                    throw BenchmarkFailure(
                        "\(size) ids, PostgreSQL finds \(rows[0, 0]): \(question.statement)")
                }
                if round < QueryBenchmark.compared { try compare(ids, question) }
            }
            if round < QueryBenchmark.warmUps { continue }
            (ours, theirs) = (mine, other)
            sizes.append(Double(size))
        }
        findings.table(
            title, item: "an answer, \(Findings.text(Series.quantile(0.5, of: sizes))) in the median",
            [ours, theirs])
        findings.atMost(title, limit * max(Double(collection.count) / 1e6, 1), ours.median * 1e3, " ms")
    }

    private func compare(_ ids: IdSet, _ question: TagQuestion) throws {
        let rows = try connection.run(question.statement)
        let others = IdSet((0..<rows.count).compactMap { LocalID(rows[$0, 0]) })
        guard ids == others else {
            throw BenchmarkFailure("other ids than PostgreSQL's: \(question.statement)")
        }
    }

    private func compare(_ counts: [PostingCount], _ rows: PostgresRows, _ question: TagQuestion) throws {
        let others = (0..<rows.count).map { "\(rows[$0, 0]) \(rows[$0, 1])" }
        guard counts.map({ "\($0.key) \($0.count)" }) == others else {
            throw BenchmarkFailure("other counts than PostgreSQL's: \(question.statement)")
        }
    }

    /// The same filters as the command line and the server ask them.
    private func throughStore(_ findings: inout Findings) async throws {
        let store = try await Store.open(at: FilePath(storePath))
        var random = RandomSource(seed: 0x57_0E)
        for (title, draw) in [("few", FilterQuestion.narrow), ("most", FilterQuestion.weak)] {
            var series = Series("Store.facets", role: "information")
            for round in 0..<draws + QueryBenchmark.warmUps {
                let question = draw(&random)
                var measured = series
                let watch = Stopwatch()
                _ = try await store.facets(
                    class: LoadedStore.image, filter: question.filter, properties: FilterQuestion.facets,
                    limit: FilterQuestion.limit)
                measured.wall.append(watch.wall)
                measured.processor.append(watch.processor)
                if round >= QueryBenchmark.warmUps { series = measured }
            }
            findings.table("Through the store, nine facets, \(title) rows match", item: "an answer", [series])
        }
        try await store.close()
    }
}

extension FilterQuestion {
    /// The conditions as a filter of the store.
    var filter: Filter {
        .and(
            conditions.flatMap { condition -> [Filter] in
                let path = FieldPath(condition.property)
                switch condition.predicate {
                case .in(let values):
                    return [.field(path, .among(ValueList(values.map(\.stored)), patterns: []))]
                case .range(let lower, let upper):
                    let least = lower.map { Filter.field(path, .greaterOrEqual($0.value.stored)) }
                    let beyond = upper.map { Filter.field(path, .less($0.value.stored)) }
                    return [least, beyond].compactMap { $0 }
                default: return []
                }
            })
    }
}

extension ColumnValue {
    fileprivate var stored: Value {
        switch self {
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .float(let number): .float(number)
        case .string(let text): .string(text)
        case .dateTime(let microseconds): .dateTime(DateTime(microseconds: microseconds))
        }
    }
}
