import Base
import Query

/// Sums, averages, extremes and counts that a command asks for.
struct Aggregation {
    var count: Bool
    var sum: [String]
    var average: [String]
    var min: [String]
    var max: [String]
    var group: [String]

    init(_ results: ResultRequest) {
        count = results.count
        sum = results.sum
        average = results.average
        min = results.min
        max = results.max
        group = results.group
    }

    /// The properties that are added up or compared.
    var properties: [String] { Set((sum + average + min + max).map(ExactName.init)).map(\.text).sorted() }
}

/// Aggregates by the values of the grouping properties; without any, one group of all.
struct AggregationTable {
    private struct Total {
        var count = 0
        /// Numbers, and their sum: exact while all are integers that fit.
        var numbers = 0
        var integers: Int64? = 0
        var floats = 0.0
        var least: Value?
        var greatest: Value?

        mutating func add(_ value: Value) {
            if case .null = value { return }
            count += 1
            if let number = value.floatValue {
                numbers += 1
                floats += number
                if case .integer(let whole) = value, let sum = integers {
                    let (next, overflows) = sum.addingReportingOverflow(whole)
                    integers = overflows ? nil : next
                } else {
                    integers = nil
                }
            }
            if least.map({ Total.isLess(value, $0) }) ?? true { least = value }
            if greatest.map({ Total.isLess($0, value) }) ?? true { greatest = value }
        }

        var sum: Value { integers.map { .integer($0) } ?? .float(floats) }
        var average: Value { numbers == 0 ? .null : .float(floats / Double(numbers)) }

        private static func isLess(_ left: Value, _ right: Value) -> Bool {
            Filter.field(FieldPath("v"), .less(right)).matches(["v": left])
        }
    }

    private struct Group {
        var key: [Value]
        var count = 0
        var totals: [ExactName: Total] = [:]
    }

    private let aggregation: Aggregation
    private var groups: [[Value]: Group] = [:]
    /// Members of the groups of one key of which nothing is asked but their number.
    private var counts: [(value: Value, count: Int)] = []

    init(_ aggregation: Aggregation) { self.aggregation = aggregation }

    mutating func add(_ document: Document) {
        let key = aggregation.group.map { (document[$0] ?? .null).grouped }
        var group = groups[key] ?? Group(key: key)
        group.count += 1
        for property in aggregation.properties {
            if let value = document[property], value != "Missing property" {
                group.totals[ExactName(property), default: Total()].add(value)
            }
        }
        groups[key] = group
    }

    /// Counts members of a group that nothing else is asked of; of the one of all without a value.
    mutating func add(_ count: Int, _ value: Value?) {
        if let value {
            counts.append((value.grouped, count))
        } else {
            groups[[], default: Group(key: [])].count += count
        }
    }

    /// - Throws: `CancelledError`.
    func write(
        to reply: inout Document, dialect: CommandDialect, _ cancellation: Cancellation
    ) throws {
        guard !aggregation.group.isEmpty else {
            return write(groups[[]] ?? Group(key: []), to: &reply, dialect)
        }
        var documents: [Value] = []
        documents.reserveCapacity(counts.count + groups.count)
        var pace = CancellationPace(cancellation)
        // What comes by keys is mostly in order already, which sorting is quick at.
        let sortedCounts = try counts.sorted {
            try pace.step()
            return ValueOrder.compare($0.value, $1.value) < 0
        }
        for (value, count) in merged(sortedCounts) {
            try pace.step()
            documents.append([aggregation.group[0]: value, "count": .integer(Int64(count))])
        }
        let sorted = try groups.values.sorted { left, right in
            try pace.step()
            for (one, other) in zip(left.key, right.key) {
                let comparison = ValueOrder.compare(one, other)
                if comparison != 0 { return comparison < 0 }
            }
            return false
        }
        for group in sorted {
            try pace.step()
            var document = Document()
            for (name, value) in zip(aggregation.group, group.key) { document[name] = value }
            write(group, to: &document, dialect)
            documents.append(.object(document))
        }
        reply["groups"] = .array(documents)
        reply["returned"] = .integer(Int64(documents.count))
    }

    /// Counts of one value as one. Values that order does not tell apart, as times of several zones, stay
    /// apart.
    private func merged(_ counts: [(value: Value, count: Int)]) -> [(value: Value, count: Int)] {
        var merged: [(value: Value, count: Int)] = []
        merged.reserveCapacity(counts.count)
        /// Where the values begin that stand with the last one.
        var first = 0
        for (value, count) in counts {
            if let last = merged.last, ValueOrder.compare(last.value, value) != 0 { first = merged.count }
            if let place = merged[first...].firstIndex(where: { $0.value == value }) {
                merged[place].count += count
            } else {
                merged.append((value, count))
            }
        }
        return merged
    }

    private func write(_ group: Group, to reply: inout Document, _ dialect: CommandDialect) {
        if aggregation.count || !aggregation.group.isEmpty { reply["count"] = .integer(Int64(group.count)) }
        func put(_ name: String, _ properties: [String], _ value: (Total) -> Value) {
            guard let first = properties.first else { return }
            if dialect == .vdms {
                reply[name] = value(group.totals[ExactName(first)] ?? Total())
                return
            }
            var values = Document()
            for property in properties {
                values[property] = value(group.totals[ExactName(property)] ?? Total())
            }
            reply[name] = .object(values)
        }
        put("sum", aggregation.sum, \.sum)
        put("average", aggregation.average, \.average)
        put("min", aggregation.min) { $0.least ?? .null }
        put("max", aggregation.max) { $0.greatest ?? .null }
    }
}

extension Value {
    /// The value by which groups are told apart: a float and an integer that are equal are one.
    fileprivate var grouped: Value {
        if case .float(let number) = self, let whole = Int64(exactly: number) {
            .integer(whole)
        } else {
            self
        }
    }
}
