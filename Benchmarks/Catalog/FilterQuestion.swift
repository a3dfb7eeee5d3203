import Base
import Catalog
import Columns

/// Conditions on properties of images, drawn anew for each run: how many images satisfy all of them, and
/// which values they have.
struct FilterQuestion: Sendable {
    /// The facets besides that of the tags. Three are of columns with about as many values as rows.
    static let facets = [
        "owner", "camera", "country", "license", "width", "height", "bytes", "captured_at", "quality",
    ]
    /// Values listed for each facet.
    static let limit = 20

    var conditions: [(property: String, predicate: ColumnPredicate, sql: String)] = []

    var sql: String { conditions.map(\.sql).joined(separator: " AND ") }

    /// Three conditions that leave a few images in a hundred.
    static func narrow(_ random: inout RandomSource) -> FilterQuestion {
        var question = FilterQuestion()
        let countries = random.choose(12, below: 40).map { Collection.countries[$0] }
        question.any("country", countries)
        question.from("quality", 0.3 + 0.3 * random.unit())
        let start = Int64(random.unit() * 0.5 * Double(Collection.captureSpan))
        question.captured(from: start, to: start + Collection.captureSpan / 2)
        return question
    }

    /// Three conditions that most images satisfy.
    static func weak(_ random: inout RandomSource) -> FilterQuestion {
        var question = FilterQuestion()
        let dropped = random.below(Collection.countries.count - 20) + 20
        let countries = Collection.countries.indices.filter { $0 % 20 != dropped % 20 }
        question.any("country", countries.map { Collection.countries[$0] })
        question.from("quality", 0.08 * random.unit())
        let start = Int64(random.unit() * 0.08 * Double(Collection.captureSpan))
        question.captured(from: start, to: Collection.captureSpan)
        return question
    }

    // MARK: - Ours

    /// The images that satisfy the conditions.
    func select(_ snapshot: CatalogSnapshot, _ classes: TagClasses) throws -> IdSet {
        var ids = snapshot.alive(classes.image)
        for condition in conditions {
            let found = try snapshot.select(
                classes.image, try classes.property(condition.property), condition.predicate)
            ids = ids.intersection(found.ids)
        }
        return ids
    }

    /// The count, and all ten facets.
    func answer(_ snapshot: CatalogSnapshot, limit: Int = FilterQuestion.limit) throws -> FacetsAnswer {
        let classes = try TagClasses(snapshot)
        let ids = try select(snapshot, classes)
        var answer = FacetsAnswer(count: ids.count)
        for name in FilterQuestion.facets {
            let facet = try snapshot.facet(
                classes.image, try classes.property(name), over: ids, limit: limit)
            answer.facets.append(facet.values.map { ($0.value.text, $0.count) })
        }
        guard let postings = try snapshot.postings(of: classes.tagged, classes.ends, keyedBy: .target) else {
            throw BenchmarkFailure("the tags have no postings")
        }
        answer.facets.append(TagQuestion.first(limit, of: postings.facet(over: ids)))
        return answer
    }

    // MARK: - PostgreSQL

    /// Two forms, each the quicker one for some conditions: the rows are gathered once and each facet counts
    /// them, which keeps PostgreSQL from counting the tags with several processes; or tags are counted on
    /// their own.
    enum Form: CaseIterable { case gathered, tagsApart }

    func statement(_ form: Form, limit: Int = FilterQuestion.limit) -> String {
        let columns = FilterQuestion.facets.joined(separator: ", ")
        var parts = ["SELECT 0, '', count(*) FROM found"]
        for (place, name) in FilterQuestion.facets.enumerated() {
            let value = name == "captured_at" ? "(extract(epoch FROM captured_at) * 1000000)::int8" : name
            parts.append(
                """
                (SELECT \(place + 1), \(value)::text, number FROM (SELECT \(name), count(*) AS number FROM found \
                GROUP BY \(name) ORDER BY number DESC, \(name) LIMIT \(limit)) facet)
                """)
        }
        parts.append(
            """
            (SELECT \(parts.count), dst::text, count(*) AS number FROM \
            \(form == .gathered ? "found JOIN tagged ON src = id" : "images JOIN tagged ON src = id WHERE \(sql)") \
            GROUP BY dst ORDER BY number DESC, tagged.dst LIMIT \(limit))
            """)
        return """
            WITH found AS MATERIALIZED (SELECT id, \(columns) FROM images WHERE \(sql))
            \(parts.joined(separator: "\nUNION ALL "))
            """
    }

    static func answer(_ rows: PostgresRows) throws -> FacetsAnswer {
        var answer = FacetsAnswer(count: 0, facets: Array(repeating: [], count: facets.count + 1))
        for row in 0..<rows.count {
            guard let place = Int(rows[row, 0]), let count = Int(rows[row, 2]) else {
                throw BenchmarkFailure("PostgreSQL answered something else than counts")
            }
            if place == 0 {
                answer.count = count
            } else {
                answer.facets[place - 1].append((rows[row, 1], count))
            }
        }
        return answer
    }

    // MARK: - Private

    private mutating func any(_ property: String, _ values: [String]) {
        conditions.append(
            (
                property, .in(values.map { .string($0) }),
                "\(property) IN (\(values.map { "'\($0)'" }.joined(separator: ", ")))"
            ))
    }

    private mutating func from(_ property: String, _ least: Double) {
        conditions.append((property, .atLeast(.float(least)), "\(property) >= \(least)"))
    }

    /// Microseconds after the first capture.
    private mutating func captured(from start: Int64, to end: Int64) {
        // Whole seconds, which SQL can say without loss.
        let first = Collection.firstCapture / 1_000_000 + start / 1_000_000
        let last = Collection.firstCapture / 1_000_000 + end / 1_000_000
        conditions.append(
            (
                "captured_at",
                .range(
                    lower: .including(.dateTime(first * 1_000_000)),
                    upper: .excluding(.dateTime(last * 1_000_000))),
                "captured_at >= to_timestamp(\(first)) AND captured_at < to_timestamp(\(last))"
            ))
    }
}

/// How many images there are, and for each facet the most frequent values with their counts, values as text.
struct FacetsAnswer {
    var count: Int
    var facets: [[(value: String, count: Int)]] = []

    /// The first difference from `other`; `nil` where there is none.
    func difference(from other: FacetsAnswer) -> String? {
        if count != other.count { return "count \(count) and \(other.count)" }
        if facets.count != other.facets.count { return "\(facets.count) facets and \(other.facets.count)" }
        for (place, facet) in facets.enumerated() {
            let others = other.facets[place]
            if facet.count != others.count {
                return "facet \(place): \(facet.count) and \(others.count) values"
            }
            for (left, right) in zip(facet, others)
            where left.count != right.count || !same(left.value, right.value) {
                return "facet \(place): \(left) and \(right)"
            }
        }
        return nil
    }

    /// Whether two texts say the same: the programs write floats differently.
    private func same(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard let one = Double(left), let other = Double(right) else { return false }
        return one == other
    }
}

extension ColumnValue {
    /// The value as text; date-times as microseconds since 1970.
    var text: String {
        switch self {
        case .boolean(let flag): String(flag)
        case .integer(let number), .dateTime(let number): String(number)
        case .float(let number): String(number)
        case .string(let text): text
        }
    }
}
