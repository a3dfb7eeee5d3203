import Base
import Columns

extension Verification {
    /// Compares every memory index of the version with one built anew from the tables of the same commit.
    mutating func checkIndexes() throws {
        for (key, index) in snapshot.version.indexes {
            guard let fresh = try snapshot.build(key) else {
                add(.index, "an index of what does not exist: \(key)")
                continue
            }
            if !Verification.areEqual(index, fresh) { add(.index, "memory and tables differ: \(key)") }
            if findings.count >= limit { return }
        }
    }

    // MARK: - Private

    private static func areEqual(_ left: BuiltIndex, _ right: BuiltIndex) -> Bool {
        switch (left, right) {
        case (.column(let left), .column(let right)): areEqual(left.column, right.column)
        case (.rows(let left), .rows(let right)): left.idSet == right.idSet
        case (.path(let left), .path(let right)): areEqual(left, right)
        case (.postings(let left), .postings(let right)):
            // An index that had an inexact number keeps saying so when the number is gone: SQL answers then.
            left.properties == right.properties && left.inexact.isSuperset(of: right.inexact)
                && left.index.keys == right.index.keys
                && left.index.keys.allSatisfy { edges(left.index, $0) == edges(right.index, $0) }
        default: false
        }
    }

    private static func areEqual(_ left: Column, _ right: Column) -> Bool {
        left.type == right.type && left.present == right.present
            && left.present.ids.allSatisfy { isSame(left.value(at: $0), right.value(at: $0)) }
    }

    private static func areEqual(_ left: PathColumn, _ right: PathColumn) -> Bool {
        let rows = left.values.present
        return rows == right.values.present
            && PathColumn.Candidate.allCases.allSatisfy { left.members(with: $0) == right.members(with: $0) }
            && rows.ids.allSatisfy { row in
                let (values, others) = (left.values.values(at: row), right.values.values(at: row))
                return values.count == others.count && zip(values, others).allSatisfy { isSame($0, $1) }
            }
    }

    /// Equal in type and value: `1` and `1.0`, which a query takes for equal, are not.
    private static func isSame(_ left: ColumnValue?, _ right: ColumnValue?) -> Bool {
        left?.type == right?.type && left == right
    }

    /// The edges of a key, those of one entity in the order of their numbers.
    private static func edges(_ index: PostingIndex, _ key: UInt32) -> [PostingEdge] {
        index.edges(of: key).sorted { left, right in
            if left.id != right.id { return left.id < right.id }
            return left.values.map(\.bitPattern).lexicographicallyPrecedes(right.values.map(\.bitPattern))
        }
    }
}
