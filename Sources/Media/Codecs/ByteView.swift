#if canImport(Glibc)
    import Glibc
#endif

/// A stretch of a file's bytes, read with every bound checked: what lies outside is `nil`, never a trap.
struct ByteView: Sendable {
    private let bytes: [UInt8]
    private let range: Range<Int>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        range = bytes.indices
    }

    private init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    var count: Int { range.count }

    /// `count` bytes from `offset`; `nil` where they do not lie in this view.
    func view(at offset: Int, count: Int) -> ByteView? {
        guard offset >= 0, count >= 0, offset <= range.count, count <= range.count - offset else {
            return nil
        }
        let start = range.lowerBound + offset
        return ByteView(bytes: bytes, range: start..<start + count)
    }

    /// All bytes from `offset` on.
    func suffix(from offset: Int) -> ByteView? { view(at: offset, count: range.count - max(0, offset)) }

    /// The first `count` bytes, or all if they are fewer.
    func prefix(_ count: Int) -> ByteView {
        ByteView(bytes: bytes, range: range.lowerBound..<range.lowerBound + min(max(0, count), range.count))
    }

    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < range.count else { return nil }
        return bytes[range.lowerBound + offset]
    }

    /// An unsigned integer of `width` bytes, at most 7.
    func integer(at offset: Int, width: Int, _ order: ByteOrder) -> Int? {
        guard offset >= 0, offset <= range.count, width <= range.count - offset else { return nil }
        var number = 0
        for index in 0..<width {
            let place = order == .big ? index : width - 1 - index
            number = number << 8 | Int(bytes[range.lowerBound + offset + place])
        }
        return number
    }

    func uint16(at offset: Int, _ order: ByteOrder) -> Int? { integer(at: offset, width: 2, order) }
    func uint32(at offset: Int, _ order: ByteOrder) -> Int? { integer(at: offset, width: 4, order) }

    /// An unsigned integer of 8 bytes; `nil` too where it does not fit an `Int`.
    func uint64(at offset: Int, _ order: ByteOrder) -> Int? {
        guard let first = uint32(at: offset, order), let second = uint32(at: offset + 4, order) else {
            return nil
        }
        let (high, low) = order == .big ? (first, second) : (second, first)
        return high < 1 << 31 ? high << 32 | low : nil
    }

    /// Whether the bytes of `text` stand at `offset`.
    func has(_ text: StaticString, at offset: Int = 0) -> Bool {
        guard let view = view(at: offset, count: text.utf8CodeUnitCount) else { return false }
        return text.withUTF8Buffer { view.elementsEqual($0) }
    }

    /// Where `byte` first comes at or after `offset`.
    func firstOffset(of byte: UInt8, from offset: Int) -> Int? {
        guard let rest = suffix(from: offset)?.range, !rest.isEmpty else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress,
                let found = memchr(base + rest.lowerBound, CInt(byte), rest.count)
            else { return nil }
            return UnsafeRawPointer(found) - base - range.lowerBound
        }
    }

    /// Calls `body` with the memory of these bytes.
    func withUnsafeBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    var array: [UInt8] { Array(bytes[range]) }

    /// The bytes as text: UTF-8 where they are that, else Latin-1.
    var text: String {
        String(validating: bytes[range], as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes[range].map { Unicode.Scalar($0) }))
    }

    private func elementsEqual(_ other: some Sequence<UInt8>) -> Bool { bytes[range].elementsEqual(other) }
}

/// The order in which the bytes of an integer are stored.
enum ByteOrder: Sendable {
    /// Most significant first, `MM` in TIFF.
    case big
    /// Least significant first, `II` in TIFF.
    case little
}
