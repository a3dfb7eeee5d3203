public import Base

/// The values of an `$in`, in ``ValueOrder`` and each once, so that a look-up takes a few comparisons.
public struct ValueList: Sendable, Hashable {
    /// The values in order; no two are equal to a query.
    public let values: [Value]

    /// The given values, in any order, with or without repetition.
    public init(_ values: [Value]) {
        var kept: [Value] = []
        kept.reserveCapacity(values.count)
        for value in values.sorted(by: { ValueOrder.compare($0, $1) < 0 }) {
            if let last = kept.last, ValueOrder.compare(last, value) == 0 { continue }
            kept.append(value)
        }
        self.values = kept
    }

    /// Whether one of the values equals `value`.
    public func contains(_ value: Value) -> Bool {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            let order = ValueOrder.compare(values[middle], value)
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }

    /// Whether null is one of the values, which a missing value equals too.
    public var containsNull: Bool { values.first?.isNull ?? false }
}
