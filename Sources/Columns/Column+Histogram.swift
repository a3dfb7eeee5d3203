public import Base
import CColumns

extension Column {
    /// Counts the values of the rows of `ids` (`nil`: all rows below ``rowCount``) between consecutive edges.
    ///
    /// Bins are open on the right, the last one is closed. Comparisons are exact: an edge of 2.5 parts the
    /// integers 2 and 3. A column of strings or booleans has no bins: all its rows are missing.
    ///
    /// - Parameter edges: At least two numbers (date-times for a column of date-times), strictly rising, none
    ///   NaN.
    /// - Throws: `typeMismatch` for other edges.
    public func histogram(over ids: IdSet?, edges: [ColumnValue]) throws(ColumnsError) -> HistogramResult {
        guard edges.count >= 2 else {
            throw ColumnsError(.typeMismatch, "a histogram has \(edges.count) edges; it takes at least 2")
        }
        for (index, edge) in edges.enumerated() {
            let isNumber =
                switch edge {
                case .integer: type != .dateTime
                case .float(let number): type != .dateTime && !number.isNaN
                case .dateTime: type == .dateTime
                case .boolean, .string: false
                }
            guard isNumber || type == .string || type == .boolean else {
                throw ColumnsError(.typeMismatch, "edge \(index) of a histogram over \(type)s is \(edge)")
            }
            guard index == 0 || edges[index - 1] < edge else {
                throw ColumnsError(
                    .typeMismatch, "edges \(index - 1) and \(index) of a histogram do not rise")
            }
        }
        let candidates = ids?.count ?? rowCount
        guard type != .string, type != .boolean else {
            return HistogramResult(
                counts: Array(repeating: 0, count: edges.count - 1), below: 0, above: 0, missing: candidates)
        }
        // Values at or above each edge, and last those above the last edge; none for an edge beyond the type.
        let tests =
            edges.map { NumberTest(from: .including($0), to: nil, type: type) }
            + [NumberTest(from: .excluding(edges[edges.count - 1]), to: nil, type: type)]
        let reached = counts(of: tests, over: ids)
        let numbers = countNumbers(over: ids)
        var counts = (0..<edges.count - 1).map { reached[$0] - reached[$0 + 1] }
        counts[counts.count - 1] = reached[edges.count - 2] - reached[edges.count]
        return HistogramResult(
            counts: counts, below: numbers - reached[0], above: reached[edges.count],
            missing: candidates - numbers)
    }

    /// The same with edges in numbers; for date-times they are microseconds, and only their integer parts
    /// count.
    public func histogram(over ids: IdSet?, edges: [Double]) throws(ColumnsError) -> HistogramResult {
        guard type == .dateTime else { return try histogram(over: ids, edges: edges.map { .float($0) }) }
        var times: [ColumnValue] = []
        for edge in edges {
            guard let time = Int64(exactly: edge.rounded(.towardZero)) else {
                throw ColumnsError(.typeMismatch, "\(edge) is no date-time in microseconds")
            }
            times.append(.dateTime(time))
        }
        return try histogram(over: ids, edges: times)
    }

    // MARK: - Private

    /// How many values of `ids` satisfy each test: chunk by chunk, as all tests then find it in the nearest
    /// cache.
    private func counts(of tests: [NumberTest?], over ids: IdSet?) -> [Int] {
        var counts = [Int](repeating: 0, count: tests.count)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ColumnChunk.wordWidth) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            forEachChunk(over: ids) { _, chunk, bits in
                for (index, test) in tests.enumerated() {
                    guard let test else { continue }
                    switch chunk.numbers.match(test, words: chunk.words, into: scratch) {
                    case .none: break
                    case .all: counts[index] += fovea_columns_count_both(bits, nil, chunk.words)
                    case .bits: counts[index] += fovea_columns_count_both(scratch, bits, chunk.words)
                    }
                }
            }
        }
        return counts
    }

    /// How many rows of `ids` have a value that is not NaN.
    private func countNumbers(over ids: IdSet?) -> Int {
        type == .float
            ? counts(of: [.doubles(-.infinity, .infinity)], over: ids)[0]
            : counts(of: [.integers(.min, .max)], over: ids)[0]
    }
}
