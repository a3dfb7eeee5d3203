public import Base
import CColumns

/// The values of some rows of a column, in the order in which the rows were asked for.
///
/// It is a value of its own: later versions of the column do not change it. It takes 8 bytes a row; strings
/// stay where they lie, in the column's dictionary.
public struct GatheredColumn: Sendable {
    public let type: ColumnType
    /// One a row: an integer's bits, a float's, the microseconds of a date-time, 0 or 1 of a boolean, the
    /// code of a string; 0 where the row has no value.
    public let numbers: [UInt64]
    /// A bit a row, the least significant first: whether it has a value. Bits beyond the last row are 0.
    public let presence: [UInt64]
    /// How many rows have a value.
    public let presentCount: Int
    private let dictionary: StringDictionary
    /// Where the dictionary's strings are, if many rows make it worth to know; empty otherwise.
    private let segments: [StringDictionary.SegmentPlace]
    /// As many lines as a core waits for at once, and some more.
    private static let fetchedAtOnce = 64

    init(
        type: ColumnType, numbers: [UInt64], presence: [UInt64], presentCount: Int,
        dictionary: StringDictionary
    ) {
        self.type = type
        self.numbers = numbers
        self.presence = presence
        self.presentCount = presentCount
        self.dictionary = dictionary
        let isMany = type == .string && presentCount > 0 && numbers.count * 4 >= dictionary.segments.count
        segments = isMany ? dictionary.segmentPlaces : []
    }

    /// Whether the row at `place` has a value.
    public func hasValue(at place: Int) -> Bool {
        presence[place >> 6] & 1 << UInt64(place & 63) != 0
    }

    /// The value of the row at `place`, or `nil` where it has none. A string is made anew at each call.
    public func value(at place: Int) -> ColumnValue? {
        guard hasValue(at: place) else { return nil }
        let bits = numbers[place]
        return switch type {
        case .boolean: .boolean(bits != 0)
        case .integer: .integer(Int64(bitPattern: bits))
        case .float: .float(Double(bitPattern: bits))
        case .string: .string(dictionary.string(Int(bits)))
        case .dateTime: .dateTime(Int64(bitPattern: bits))
        }
    }

    /// The UTF-8 bytes of the string of the row at `place`, which must have one. They lie where they are
    /// for as long as this value, or a copy of it, is alive.
    public func utf8(at place: Int) -> UnsafeRawBufferPointer {
        precondition(type == .string && hasValue(at: place), "row \(place) has no string")
        return dictionary.withBytes(Int(numbers[place])) { $0 }
    }

    /// Writes where the strings of `rows` lie, as ``utf8(at:)`` says it; `nil` bytes for rows without value.
    public func writeStrings(of rows: Range<Int>, to out: UnsafeMutablePointer<UnsafeRawBufferPointer>) {
        precondition(type == .string && rows.upperBound <= numbers.count)
        let width = StringDictionary.Segment.width
        if segments.isEmpty {
            for place in rows {
                out[place &- rows.lowerBound] = hasValue(at: place) ? utf8(at: place) : GatheredColumn.none
            }
            return
        }
        // Strings lie anywhere, and each would be waited for twice: where its bytes are, and they themselves.
        // Both are fetched for some rows at once.
        segments.withUnsafeBufferPointer { segments in
            numbers.withUnsafeBufferPointer { numbers in
                for start in stride(
                    from: rows.lowerBound, to: rows.upperBound, by: GatheredColumn.fetchedAtOnce)
                {
                    let part = start..<min(start + GatheredColumn.fetchedAtOnce, rows.upperBound)
                    // A row without value has the number 0, which is a string's, too.
                    for place in part {
                        let code = Int(numbers[place])
                        fovea_columns_prefetch_line(segments[code / width].ends + code % width)
                    }
                    for place in part {
                        let code = Int(numbers[place])
                        let bytes = segments[code / width].bytes(code % width)
                        fovea_columns_prefetch_line(bytes.baseAddress)
                        out[place &- rows.lowerBound] = hasValue(at: place) ? bytes : GatheredColumn.none
                    }
                }
            }
        }
    }

    private static var none: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}

extension Column {
    /// The values of `rows`, which may come in any order and repeat. Quickest where they rise.
    public func gather(_ rows: [LocalID]) -> GatheredColumn {
        var presence = [UInt64](repeating: 0, count: wordCount(forBits: rows.count))
        var presentCount = 0
        let numbers = [UInt64](unsafeUninitializedCapacity: rows.count) { numbers, count in
            presence.withUnsafeMutableBufferPointer { presence in
                rows.withUnsafeBufferPointer { rows in
                    var place = 0
                    while place < rows.count {
                        let index = Int(rows[place]) / ColumnChunk.width
                        var end = place + 1
                        while end < rows.count, Int(rows[end]) / ColumnChunk.width == index { end += 1 }
                        if let chunk = chunks[index] {
                            presentCount += chunk.gather(rows, place..<end, &presence, &numbers)
                        } else {
                            for place in place..<end { numbers[place] = 0 }
                        }
                        place = end
                    }
                }
            }
            count = rows.count
        }
        return GatheredColumn(
            type: type, numbers: numbers, presence: presence, presentCount: presentCount,
            dictionary: dictionary)
    }
}

extension ColumnChunk {
    /// How many rows ahead the numbers are fetched: rows that are far from each other are waited for one by
    /// one otherwise.
    private static let fetchedAhead = 16

    /// Writes the numbers of the rows at `places`, all of this chunk; returns how many have one. The chunk's
    /// parts are taken up once for all of them.
    fileprivate func gather(
        _ rows: UnsafeBufferPointer<LocalID>, _ places: Range<Int>,
        _ presence: inout UnsafeMutableBufferPointer<UInt64>,
        _ out: inout UnsafeMutableBufferPointer<UInt64>
    ) -> Int {
        let numbers = numbers
        let words = self.presence.map { UnsafePointer($0.words) }
        let rowCount = rowCount
        var found = 0
        for place in places {
            if place + ColumnChunk.fetchedAhead < places.upperBound {
                numbers.prefetch(at: Int(rows[place + ColumnChunk.fetchedAhead]) % ColumnChunk.width)
            }
            let row = Int(rows[place]) % ColumnChunk.width
            guard row < rowCount, words?.isSet(row) ?? true else {
                out[place] = 0
                continue
            }
            out[place] = numbers.bits(at: row)
            presence[place >> 6] |= 1 << UInt64(place & 63)
            found &+= 1
        }
        return found
    }
}
