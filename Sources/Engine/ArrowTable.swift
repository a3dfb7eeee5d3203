import Arrow
import Base
import Catalog
import Columns

/// Listed values as columns of Arrow.
///
/// A column has the type of its values. Integers beside floats are floats where each is exactly one; other
/// mixtures, and arrays and objects, become the JSON text of each value, and the field's metadata say so. A
/// column without any value has the type that the property has had elsewhere, where that is one, and is text
/// otherwise. Null and missing are both null.
struct ArrowTable {
    private enum Values {
        case numbers([UInt64])
        /// From a memory column's dictionary.
        case gathered(GatheredColumn)
        case texts(PackedTexts)
    }

    private struct Column {
        var field: ArrowField
        var values: Values
        /// A bit a row; `nil` where all have a value.
        var presence: [UInt64]?
    }

    private let rowCount: Int
    private var columns: [Column] = []

    init(_ listing: Listing) {
        rowCount = listing.rowCount
        for column in listing.columns { columns.append(ArrowTable.column(column, of: listing)) }
    }

    /// - Parameter names: columns that there are in any case.
    init(_ documents: [Document], names: [String]) {
        rowCount = documents.count
        var order = names
        var known = Set(names)
        for document in documents {
            for member in document.members where known.insert(member.key).inserted {
                order.append(member.key)
            }
        }
        for name in order {
            columns.append(ArrowTable.column(name, documents.map { $0[name] }, types: []))
        }
    }

    /// The stream: the message of the schema, those of the rows, and the end.
    func stream() -> [[UInt8]] {
        let fields = columns.map(\.field)
        var pieces = [ArrowStream.schema(fields)]
        var first = 0
        while first < rowCount {
            let count = batchCount(from: first)
            pieces.append(batch(fields, first, count))
            first += count
        }
        pieces.append(ArrowStream.end)
        return pieces
    }

    // MARK: - Batches

    /// Text that a batch has in one column at most: offsets have 31 bits.
    private static let mostText = 1 << 30

    /// How many rows, a multiple of 64 unless they are the last, go into the batch that begins at `first`.
    private func batchCount(from first: Int) -> Int {
        var count = min(rowCount - first, ArrowBatch.mostRows)
        while count > 64,
            columns.contains(where: { textCount($0, first..<first + count) > ArrowTable.mostText })
        {
            count = max(count / 2 / 64 * 64, 64)
        }
        return count
    }

    private func textCount(_ column: Column, _ rows: Range<Int>) -> Int {
        switch column.values {
        case .numbers: 0
        case .texts(let texts): texts.byteCount(of: rows)
        case .gathered(let gathered):
            // No text of a store is longer.
            rows.count << 24 <= ArrowTable.mostText
                ? 0 : withStrings(gathered, rows) { $0.reduce(0) { $0 + $1.count } }
        }
    }

    private func batch(_ fields: [ArrowField], _ first: Int, _ count: Int) -> [UInt8] {
        let rows = first..<first + count
        let textByteCount = columns.reduce(0) { $0 + textCount($1, rows) }
        var batch = ArrowBatch(fields, rowCount: count, textByteCount: textByteCount)
        for column in columns {
            switch column.values {
            case .numbers(let numbers) where column.field.type == .boolean:
                batch.append(booleans: numbers, presence: column.presence, from: first)
            case .numbers(let numbers):
                batch.append(numbers: numbers, presence: column.presence, from: first)
            case .gathered(let gathered):
                withStrings(gathered, rows) {
                    batch.append(texts: $0, presence: column.presence, from: first)
                }
            case .texts(let texts):
                texts.withTexts(of: rows) {
                    batch.append(texts: $0, presence: column.presence, from: first)
                }
            }
        }
        return batch.take()
    }

    private func withStrings<Result>(
        _ column: GatheredColumn, _ rows: Range<Int>, _ body: ([UnsafeRawBufferPointer]) -> Result
    ) -> Result {
        withExtendedLifetime(column) {
            body(
                Array(unsafeUninitializedCapacity: rows.count) { room, count in
                    if let start = room.baseAddress { column.writeStrings(of: rows, to: start) }
                    count = rows.count
                })
        }
    }

    // MARK: - Columns

    private static func column(_ column: Listing.Column, of listing: Listing) -> Column {
        guard case .property(let cells) = column.cells else {
            let values = (0..<listing.rowCount).map { listing.value(column, at: $0) }
            let types: [PropertyType] = if case .locals = column.cells { [.integer] } else { [.string] }
            return ArrowTable.column(column.name, values, types: types)
        }
        // Nulls that were given are null as those that were not.
        if case .gathered(let gathered, _) = cells.source, gathered.count == 1 {
            let only = gathered[0]
            let presence = only.presentCount == listing.rowCount ? nil : only.presence
            if only.type == .string {
                return Column(
                    field: ArrowField(column.name, .utf8), values: .gathered(only), presence: presence)
            }
            return Column(
                field: ArrowField(column.name, ArrowType(only.type)), values: .numbers(only.numbers),
                presence: presence)
        }
        let values = (0..<listing.rowCount).map { cells.value(at: $0) }
        return ArrowTable.column(column.name, values, types: cells.property.types.list)
    }

    /// - Parameter types: those that values of the column have had elsewhere.
    private static func column(_ name: String, _ values: [Value?], types: [PropertyType]) -> Column {
        var kinds: Set<ValueKind> = []
        var isExact = true
        for value in values {
            guard let value, let kind = ValueKind(value) else { continue }
            kinds.insert(kind)
            if case .integer(let number) = value, Int64(exactly: Double(number)) != number { isExact = false }
        }
        if kinds.isEmpty { kinds = Set(types.compactMap(ValueKind.init)) }
        var presence = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        var presentCount = 0
        for (row, value) in values.enumerated() where value.map({ !$0.isNull }) ?? false {
            presence[row >> 6] |= 1 << UInt64(row & 63)
            presentCount += 1
        }
        let known = presentCount == values.count ? nil : presence
        if kinds == [.integer, .float], isExact { kinds = [.float] }
        let numbers: ArrowType? =
            switch kinds {
            case [.integer]: .int64
            case [.float]: .float64
            case [.boolean]: .boolean
            case [.dateTime]: .timestamp
            default: nil
            }
        if let type = numbers {
            return Column(
                field: ArrowField(name, type), values: .numbers(values.map { bits($0, as: type) }),
                presence: known)
        }
        let isJSON = kinds != [.string] && presentCount > 0
        var texts = PackedTexts()
        for value in values {
            guard let value, !value.isNull else {
                texts.append("")
                continue
            }
            if !isJSON, case .string(let text) = value {
                texts.append(text)
            } else {
                texts.append(json: value)
            }
        }
        return Column(
            field: ArrowField(name, .utf8, metadata: isJSON ? ["fovea.encoding": "json"] : [:]),
            values: .texts(texts), presence: known)
    }

    private static func bits(_ value: Value?, as type: ArrowType) -> UInt64 {
        switch value {
        case .integer(let number)?:
            type == .float64 ? Double(number).bitPattern : UInt64(bitPattern: number)
        case .float(let number)?: number.bitPattern
        case .boolean(let flag)?: flag ? 1 : 0
        case .dateTime(let time)?: UInt64(bitPattern: time.microseconds)
        default: 0
        }
    }
}

/// What values of a column must have in common to be of one type.
private enum ValueKind: Hashable {
    case integer, float, boolean, string, dateTime, json

    /// `nil` for null.
    init?(_ value: Value) {
        switch value {
        case .null: return nil
        case .integer: self = .integer
        case .float: self = .float
        case .boolean: self = .boolean
        case .string: self = .string
        case .dateTime: self = .dateTime
        case .array, .object: self = .json
        }
    }

    init?(_ type: PropertyType) {
        switch type {
        case .null: return nil
        case .integer: self = .integer
        case .float: self = .float
        case .boolean: self = .boolean
        case .string: self = .string
        case .dateTime: self = .dateTime
        case .json: self = .json
        }
    }
}

extension ArrowType {
    /// The type of a memory column's values.
    fileprivate init(_ type: ColumnType) {
        self =
            switch type {
            case .integer: .int64
            case .float: .float64
            case .boolean: .boolean
            case .string: .utf8
            case .dateTime: .timestamp
            }
    }
}

/// Texts one after the other.
private struct PackedTexts {
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [Int] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
    }

    mutating func append(json value: Value) {
        var writer = JSONWriter()
        writer.write(value)
        bytes.append(contentsOf: writer.bytes)
        ends.append(bytes.count)
    }

    func byteCount(of rows: Range<Int>) -> Int {
        rows.isEmpty ? 0 : ends[rows.upperBound - 1] - start(of: rows.lowerBound)
    }

    func withTexts<Result>(of rows: Range<Int>, _ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            body(rows.map { UnsafeRawBufferPointer(rebasing: bytes[start(of: $0)..<ends[$0]]) })
        }
    }

    private func start(of row: Int) -> Int { row == 0 ? 0 : ends[row - 1] }
}
