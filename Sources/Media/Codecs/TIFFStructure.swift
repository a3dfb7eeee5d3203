/// The directories of tagged values that TIFF files consist of, and Exif metadata too (TIFF 6.0, section 2;
/// the 64-bit variant is BigTIFF).
///
/// Nothing in it is believed: an offset out of range, an unknown type or an absurd count makes the one entry
/// `nil`, and whoever follows offsets from directory to directory counts its steps.
struct TIFFStructure: Sendable {
    let bytes: ByteView
    let order: ByteOrder
    private let isBig: Bool
    let firstDirectory: Int

    /// `nil` where the bytes do not begin as TIFF does.
    init?(_ bytes: ByteView) {
        if bytes.has("II") {
            order = .little
        } else if bytes.has("MM") {
            order = .big
        } else {
            return nil
        }
        switch bytes.uint16(at: 2, order) {
        case 42:
            guard let first = bytes.uint32(at: 4, order) else { return nil }
            isBig = false
            firstDirectory = first
        case 43:
            guard bytes.uint16(at: 4, order) == 8, bytes.uint16(at: 6, order) == 0,
                let first = bytes.uint64(at: 8, order)
            else { return nil }
            isBig = true
            firstDirectory = first
        default:
            return nil
        }
        self.bytes = bytes
    }

    /// The directory at `offset`; of one that is cut short the entries that are there, `nil` without any.
    ///
    /// Of two entries with one tag the first counts. Entries beyond the 4,096th are not looked at.
    func directory(at offset: Int) -> Directory? {
        let countWidth = isBig ? 8 : 2
        let entryWidth = isBig ? 20 : 12
        let valueWidth = isBig ? 8 : 4
        guard offset > 0,
            let count = isBig ? bytes.uint64(at: offset, order) : bytes.uint16(at: offset, order), count > 0
        else { return nil }
        var entries: [Entry] = []
        var seen: Set<Int> = []
        var isWhole = true
        for index in 0..<min(count, 4_096) {
            let place = offset + countWidth + index * entryWidth
            guard let tag = bytes.uint16(at: place, order), let code = bytes.uint16(at: place + 2, order),
                let valueCount = integer(at: place + 4)
            else {
                isWhole = false
                break
            }
            guard let type = ValueType(rawValue: code), seen.insert(tag).inserted else { continue }
            let (byteCount, overflow) = valueCount.multipliedReportingOverflow(by: type.width)
            guard !overflow else { continue }
            let valueField = place + 4 + (isBig ? 8 : 4)
            let valueOffset = byteCount <= valueWidth ? valueField : integer(at: valueField)
            guard let valueOffset, let value = bytes.view(at: valueOffset, count: byteCount) else {
                isWhole = false
                continue
            }
            entries.append(Entry(tag: tag, type: type, count: valueCount, bytes: value, order: order))
        }
        guard !entries.isEmpty else { return nil }
        let (tableSize, overflow) = count.multipliedReportingOverflow(by: entryWidth)
        let next = overflow ? nil : integer(at: (offset + countWidth).addingClamped(tableSize))
        return Directory(entries: entries, next: next ?? 0, isWhole: isWhole && next != nil)
    }

    /// How many directories are chained from the first, at most `limit`, and whether the chain's end was
    /// found; a chain that bites its tail ends there.
    func directoryChain(limit: Int) -> (count: Int, isWhole: Bool) {
        var seen: Set<Int> = []
        var offset = firstDirectory
        var isWhole = true
        let countWidth = isBig ? 8 : 2
        while offset > 0, seen.count < limit, !seen.contains(offset),
            let count = isBig ? bytes.uint64(at: offset, order) : bytes.uint16(at: offset, order), count > 0
        {
            seen.insert(offset)
            let (tableSize, overflow) = count.multipliedReportingOverflow(by: isBig ? 20 : 12)
            guard !overflow, let next = integer(at: (offset + countWidth).addingClamped(tableSize)) else {
                isWhole = false
                break
            }
            offset = next
        }
        return (seen.count, offset == 0 || seen.contains(offset) && isWhole || seen.count == limit)
    }

    /// A count or an offset, whose width is the structure's.
    private func integer(at offset: Int) -> Int? {
        isBig ? bytes.uint64(at: offset, order) : bytes.uint32(at: offset, order)
    }
}

extension TIFFStructure {
    struct Directory: Sendable {
        let entries: [Entry]
        /// Offset of the next directory, 0 after the last.
        let next: Int
        /// Whether all entries, their values and the place of the next directory lie in the file.
        let isWhole: Bool

        subscript(tag: Int) -> Entry? { entries.first { $0.tag == tag } }
    }

    /// A value's type, by its code in the file.
    enum ValueType: Int, Sendable {
        case byte = 1, ascii, short, long, rational
        case signedByte, undefined, signedShort, signedLong, signedRational
        case float, double, directory
        case long8 = 16, signedLong8, directory8

        /// Bytes of one value.
        var width: Int {
            switch self {
            case .byte, .ascii, .signedByte, .undefined: 1
            case .short, .signedShort: 2
            case .long, .signedLong, .float, .directory: 4
            case .rational, .signedRational, .double, .long8, .signedLong8, .directory8: 8
            }
        }
    }

    struct Entry: Sendable {
        let tag: Int
        let type: ValueType
        let count: Int
        let bytes: ByteView
        let order: ByteOrder

        /// The integer at `index`; `nil` for other types and beyond the last.
        func integer(at index: Int = 0) -> Int? {
            guard index >= 0, index < count else { return nil }
            let offset = index * type.width
            switch type {
            case .byte, .undefined, .short, .long, .directory:
                return bytes.integer(at: offset, width: type.width, order)
            case .signedByte:
                return bytes.byte(at: offset).map { Int(Int8(bitPattern: $0)) }
            case .signedShort:
                return bytes.uint16(at: offset, order).map { Int(Int16(truncatingIfNeeded: $0)) }
            case .signedLong:
                return bytes.uint32(at: offset, order).map { Int(Int32(truncatingIfNeeded: $0)) }
            case .long8, .directory8:
                return bytes.uint64(at: offset, order)
            case .ascii, .rational, .signedRational, .signedLong8, .float, .double:
                return nil
            }
        }

        /// The number at `index`, always finite; a fraction over zero is `nil`.
        func number(at index: Int = 0) -> Double? {
            guard index >= 0, index < count else { return nil }
            let offset = index * type.width
            switch type {
            case .rational, .signedRational:
                guard let above = bytes.uint32(at: offset, order),
                    let below = bytes.uint32(at: offset + 4, order),
                    below != 0
                else { return nil }
                guard type == .signedRational else { return Double(above) / Double(below) }
                return Double(Int32(truncatingIfNeeded: above)) / Double(Int32(truncatingIfNeeded: below))
            case .float:
                guard let bits = bytes.uint32(at: offset, order) else { return nil }
                let number = Double(Float(bitPattern: UInt32(bits)))
                return number.isFinite ? number : nil
            case .double:
                guard let first = bytes.uint32(at: offset, order),
                    let second = bytes.uint32(at: offset + 4, order)
                else { return nil }
                let (high, low) = order == .big ? (first, second) : (second, first)
                let number = Double(bitPattern: UInt64(high) << 32 | UInt64(low))
                return number.isFinite ? number : nil
            default:
                return integer(at: index).map(Double.init)
            }
        }

        /// The text up to its first zero byte, without blanks around it.
        var text: String {
            let end = bytes.firstOffset(of: 0, from: 0) ?? bytes.count
            return bytes.prefix(end).text.trimmingBlanks
        }
    }
}

extension String {
    /// Without the blanks and line ends around it.
    var trimmingBlanks: String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace || $0 == "\0" }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Int {
    /// The sum, or `Int.max` where it overflows: an offset that lies in no file.
    func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
