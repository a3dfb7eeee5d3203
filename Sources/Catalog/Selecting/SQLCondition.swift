import Base
import Columns

/// A predicate on one column of a table, as SQL with its parameters, or as a test of each value where SQL has
/// no words for it.
struct SQLCondition {
    /// What a parameter is bound to.
    enum Parameter {
        case integer(Int64)
        case float(Double)
        case text(String)
    }

    /// The condition on the column.
    var sql: String
    var parameters: [Parameter] = []
    /// What each row that `sql` lets through must satisfy beyond it.
    var test: ((SQLiteStatement, Int) -> Bool)?

    /// `nil` where no value of the type can satisfy the predicate.
    init?(_ predicate: ColumnPredicate, on type: PropertyType, column: String) {
        switch predicate {
        case .present:
            sql = "\(column) IS NOT NULL"
        case .equal(let value):
            guard let parameter = SQLCondition.parameter(value, for: type) else { return nil }
            sql = "\(column) = ?"
            parameters = [parameter]
        case .in(let values):
            let known = values.compactMap { SQLCondition.parameter($0, for: type) }
            if known.isEmpty { return nil }
            if known.count > SQLCondition.listLimit {
                let wanted = Set(values)
                sql = "\(column) IS NOT NULL"
                test = { wanted.contains(SQLCondition.value(type, in: $0, at: $1)) }
                return
            }
            sql = "\(column) IN (\(known.map { _ in "?" }.joined(separator: ", ")))"
            parameters = known
        case .range(let lower, let upper):
            var parts: [String] = []
            for (bound, sign) in [(lower, ">"), (upper, "<")] {
                guard let bound else { continue }
                guard let parameter = SQLCondition.parameter(bound.value, for: type) else { return nil }
                parts.append("\(column) \(sign)\(bound.isInclusive ? "=" : "") ?")
                parameters.append(parameter)
            }
            // Without any bound a range still asks for a number, a string, or whatever its kind is.
            sql = parts.isEmpty ? "\(column) IS NOT NULL" : parts.joined(separator: " AND ")
        case .matching(let accepts):
            guard type == .string else { return nil }
            sql = "\(column) IS NOT NULL"
            test = { accepts($0.text($1)) }
        case .modulo(let divisor, let remainder):
            guard divisor != 0, type == .integer || type == .float else { return nil }
            sql = "\(column) IS NOT NULL"
            test = { statement, index in
                let whole: Int64
                if type == .integer {
                    whole = statement.integer(index)
                } else {
                    guard let number = Int64(exactly: statement.float(index).rounded(.towardZero)) else {
                        return false
                    }
                    whole = number
                }
                // The one overflow, of the least integer by -1, leaves the remainder 0, as it should.
                return whole.remainderReportingOverflow(dividingBy: divisor).partialValue == remainder
            }
        }
    }

    func bind(to statement: SQLiteStatement, from first: Int) {
        for (index, parameter) in parameters.enumerated() {
            switch parameter {
            case .integer(let number): statement.bind(number, at: first + index)
            case .float(let number): statement.bind(number, at: first + index)
            case .text(let text): statement.bind(text, at: first + index)
            }
        }
    }

    // MARK: - Private

    /// Literals that stand in the SQL themselves: SQLite bounds the parameters of a statement.
    private static let listLimit = 1_000

    private static func value(
        _ type: PropertyType, in statement: SQLiteStatement, at index: Int
    ) -> ColumnValue {
        switch type {
        case .float: .float(statement.float(index))
        case .boolean: .boolean(statement.integer(index) != 0)
        case .string: .string(statement.text(index))
        case .dateTime: .dateTime(statement.integer(index))
        default: .integer(statement.integer(index))
        }
    }

    /// The literal for a comparison with values of `type`; `nil` where the kinds differ, and for NaN, which
    /// is never stored and which SQLite would take for NULL.
    private static func parameter(_ value: ColumnValue, for type: PropertyType) -> Parameter? {
        switch (value, type) {
        case (.integer(let number), .integer), (.integer(let number), .float): .integer(number)
        case (.float(let number), .integer), (.float(let number), .float): number.isNaN ? nil : .float(number)
        case (.boolean(let flag), .boolean): .integer(flag ? 1 : 0)
        case (.string(let text), .string): .text(text)
        case (.dateTime(let microseconds), .dateTime): .integer(microseconds)
        default: nil
        }
    }
}
