import Base
import Columns

/// What columns answer, computed the slow and plain way.
enum Naive {
    /// The order of two values of one kind; `nil` for values of different kinds. Numbers are compared in a
    /// type that holds every 64-bit integer and every 64-bit float exactly.
    static func compare(_ left: ColumnValue, _ right: ColumnValue) -> Int? {
        if let left = number(left), let right = number(right) {
            if left.isNaN || right.isNaN { return left.isNaN && right.isNaN ? 0 : left.isNaN ? -1 : 1 }
            return left < right ? -1 : left == right ? 0 : 1
        }
        switch (left, right) {
        case (.boolean(let left), .boolean(let right)): return left == right ? 0 : right ? -1 : 1
        case (.dateTime(let left), .dateTime(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.string(let left), .string(let right)):
            let left = Array(left.utf8)
            let right = Array(right.utf8)
            if left == right { return 0 }
            return left.lexicographicallyPrecedes(right) ? -1 : 1
        default: return nil
        }
    }

    static func number(_ value: ColumnValue) -> Float80? {
        switch value {
        case .integer(let number): Float80(number)
        case .float(let number): Float80(number)
        default: nil
        }
    }

    static func isNaN(_ value: ColumnValue) -> Bool { number(value)?.isNaN ?? false }

    static func matches(_ value: ColumnValue, _ predicate: ColumnPredicate) -> Bool {
        switch predicate {
        case .present: return true
        case .equal(let literal): return compare(value, literal) == 0
        case .in(let literals): return literals.contains { compare(value, $0) == 0 }
        case .range(let lower, let upper):
            if isNaN(value) { return false }
            if let lower {
                guard !isNaN(lower.value), let order = compare(value, lower.value) else { return false }
                if order < 0 || (order == 0 && !lower.isInclusive) { return false }
            }
            if let upper {
                guard !isNaN(upper.value), let order = compare(value, upper.value) else { return false }
                if order > 0 || (order == 0 && !upper.isInclusive) { return false }
            }
            return true
        case .matching(let accepts):
            if case .string(let text) = value { return accepts(text) }
            return false
        case .modulo(let divisor, let remainder):
            guard divisor != 0, let number = number(value), number.isFinite else { return false }
            let whole = number.rounded(.towardZero)
            guard whole >= -0x1p63, whole < 0x1p63 else { return false }
            return whole.truncatingRemainder(dividingBy: Float80(divisor)) == Float80(remainder)
        }
    }

    static func select(_ values: [Int: ColumnValue], _ predicate: ColumnPredicate) -> [LocalID] {
        values.filter { matches($0.value, predicate) }.keys.sorted().map { LocalID($0) }
    }

    /// Null sorts before every value.
    static func order(_ left: ColumnValue?, _ right: ColumnValue?) -> Int {
        guard let left else { return right == nil ? 0 : -1 }
        guard let right else { return 1 }
        return compare(left, right) ?? 0
    }

    static func facet(_ values: [ColumnValue?], limit: Int) -> FacetResult {
        let sorted = values.compactMap { $0 }.sorted { order($0, $1) < 0 }
        var runs: [FacetResult.Entry] = []
        for value in sorted {
            if let last = runs.last, order(last.value, value) == 0 {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(.init(value: value, count: 1))
            }
        }
        // Stable, so that equally frequent values stay in order.
        let ranked = runs.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }.map(\.element)
        return FacetResult(
            values: Array(ranked.prefix(limit)), distinct: runs.count, missing: values.count - sorted.count)
    }

    static func histogram(_ values: [ColumnValue?], edges: [ColumnValue]) -> HistogramResult {
        var result = HistogramResult(
            counts: Array(repeating: 0, count: edges.count - 1), below: 0, above: 0, missing: 0)
        for value in values {
            guard let value, !isNaN(value) else {
                result.missing += 1
                continue
            }
            if order(value, edges[0]) < 0 {
                result.below += 1
            } else if order(value, edges[edges.count - 1]) > 0 {
                result.above += 1
            } else {
                let bin = (0..<edges.count - 1).first { order(value, edges[$0 + 1]) < 0 } ?? edges.count - 2
                result.counts[bin] += 1
            }
        }
        return result
    }
}
