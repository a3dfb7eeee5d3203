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
    private enum Values: Sendable {
        case numbers([UInt64])
        /// From a memory column's dictionary.
        case gathered(GatheredColumn)
        case texts(PackedTexts)
    }

    private struct Column: Sendable {
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
            let texts = self.texts(of: first..<min(first + ArrowBatch.mostRows, rowCount))
            let count = batchCount(texts, upTo: min(rowCount - first, ArrowBatch.mostRows))
            pieces.append(batch(fields, texts, first, count))
            first += count
        }
        pieces.append(ArrowStream.end)
        return pieces
    }

    // MARK: - Batches

    /// Text that a batch has in one column at most: offsets have 31 bits.
    private static let mostText = 1 << 30

    /// Where the texts of some rows lie, column by column; none of columns that are no text. They lie there
    /// for as long as the table is alive.
    ///
    /// `@unchecked Sendable`: nobody writes them.
    private struct Texts: @unchecked Sendable {
        var rows: [UnsafeRawBufferPointer] = []
    }

    private func texts(of rows: Range<Int>) -> [Texts] {
        let columns = columns
        return ForkJoin.map(columns.count) { place in
            switch columns[place].values {
            case .numbers: Texts()
            case .texts(let texts): Texts(rows: texts.places(of: rows))
            case .gathered(let gathered):
                Texts(
                    rows: Array(unsafeUninitializedCapacity: rows.count) { room, count in
                        if let start = room.baseAddress { gathered.writeStrings(of: rows, to: start) }
                        count = rows.count
                    })
            }
        }
    }

    /// How many rows of `texts`, a multiple of 64 unless they are all, go into the next batch.
    private func batchCount(_ texts: [Texts], upTo most: Int) -> Int {
        var count = most
        while count > 64,
            texts.contains(where: { ArrowTable.byteCount($0.rows.prefix(count)) > ArrowTable.mostText })
        {
            count = max(count / 2 / 64 * 64, 64)
        }
        return count
    }

    private static func byteCount(_ texts: ArraySlice<UnsafeRawBufferPointer>) -> Int {
        texts.reduce(0) { $0 + $1.count }
    }

    private func batch(_ fields: [ArrowField], _ texts: [Texts], _ first: Int, _ count: Int) -> [UInt8] {
        let texts = texts.map { $0.rows.prefix(count) }
        let textByteCount = texts.reduce(0) { $0 + ArrowTable.byteCount($1) }
        var batch = ArrowBatch(fields, rowCount: count, textByteCount: textByteCount)
        withExtendedLifetime(columns) {
            for (column, texts) in zip(columns, texts) {
                switch column.values {
                case .numbers(let numbers) where column.field.type == .boolean:
                    batch.append(booleans: numbers, presence: column.presence, from: first)
                case .numbers(let numbers):
                    batch.append(numbers: numbers, presence: column.presence, from: first)
                case .gathered, .texts:
                    batch.append(texts: texts, presence: column.presence, from: first)
                }
            }
        }
        return batch.take()
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
        let texts = PackedTexts()
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
///
/// `@unchecked Sendable`: once texts are asked for by their places nothing is appended.
private final class PackedTexts: @unchecked Sendable {
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [Int] = []

    func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
    }

    func append(json value: Value) {
        var writer = JSONWriter()
        writer.write(value)
        bytes.append(contentsOf: writer.bytes)
        ends.append(bytes.count)
    }

    /// Where some texts lie, for as long as this is alive.
    func places(of rows: Range<Int>) -> [UnsafeRawBufferPointer] {
        // The memory of an array stays where it is while nobody changes it.
        bytes.withUnsafeBytes { bytes in
            rows.map { UnsafeRawBufferPointer(rebasing: bytes[start(of: $0)..<ends[$0]]) }
        }
    }

    private func start(of row: Int) -> Int { row == 0 ? 0 : ends[row - 1] }
}
