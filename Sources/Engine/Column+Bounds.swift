import Base
import Columns

extension Column {
    /// The least and the greatest value over `ids` as floats, NaN left aside; `nil` where there is none.
    func bounds(over ids: IdSet) -> (least: Double, greatest: Double)? {
        // NaN sorts below all numbers: what is no NaN lies in the range without bounds.
        let numbers = ids.intersection(select(.range(lower: nil, upper: nil)))
        guard let least = minimum(over: numbers)?.number, let greatest = maximum(over: numbers)?.number else {
            return nil
        }
        return (least, greatest)
    }
}

extension ColumnValue {
    fileprivate var number: Double? {
        switch self {
        case .integer(let number), .dateTime(let number): Double(number)
        case .float(let number): number
        case .boolean, .string: nil
        }
    }
}
