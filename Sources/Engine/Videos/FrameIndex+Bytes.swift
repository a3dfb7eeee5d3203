import Base
import Media

/// The index of a video's frames as bytes.
///
/// ```
/// "fovframe" · version (1): 3, as earlier ones were made otherwise · basis (1)
/// numbers, each of 7-bit groups, the least first; signed ones as zigzag:
///     time base: numerator, denominator
///     count · the first presentation, then the ticks from each to the next
///     duration of the last · count of keyframes · of each: frames since the one before,
///         1 and ticks of decoding since the one before, or 0; 1 and bytes since the one before, or 0
///     count of damaged ranges · of each: frames since the end of the one before, frames
/// CRC-32C (4) of all the above
/// ```
extension FrameIndex {
    private static let magic: [UInt8] = Array("fovframe".utf8)
    private static let version: UInt8 = 3

    var encoded: [UInt8] {
        var writer = NumberWriter(bytes: FrameIndex.magic + [FrameIndex.version, basis == .packets ? 0 : 1])
        writer.write(UInt64(timeBase.numerator))
        writer.write(UInt64(timeBase.denominator))
        writer.write(UInt64(count))
        var last: Int64 = 0
        for presentation in presentations {
            writer.write(presentation &- last)
            last = presentation
        }
        writer.write(lastDuration)
        writer.write(UInt64(keyframes.count))
        var (frame, decoding, position) = (0, Int64(0), Int64(0))
        for keyframe in keyframes {
            writer.write(UInt64(keyframe.frame - frame))
            frame = keyframe.frame
            writer.write(keyframe.decoding, since: &decoding)
            writer.write(keyframe.position, since: &position)
        }
        writer.write(UInt64(damaged.count))
        var end = 0
        for range in damaged {
            writer.write(UInt64(range.lowerBound - end))
            writer.write(UInt64(range.count))
            end = range.upperBound
        }
        let checksum = CRC32C.checksum(writer.bytes)
        return writer.bytes + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
    }

    /// Reads what ``encoded`` wrote; `nil` for anything else, damage included.
    init?(encoded bytes: [UInt8]) {
        guard bytes.count > 14, bytes.starts(with: FrameIndex.magic), bytes[8] == FrameIndex.version else {
            return nil
        }
        let body = Array(bytes.dropLast(4))
        let checksum = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard CRC32C.checksum(body) == checksum else { return nil }
        var reader = NumberReader(bytes: body, place: 10)
        guard let numerator = reader.unsigned().flatMap({ Int32(exactly: $0) }),
            let denominator = reader.unsigned().flatMap({ Int32(exactly: $0) }),
            let timeBase = Ratio(numerator, denominator),
            let count = reader.count()
        else { return nil }
        var presentations: [Int64] = []
        presentations.reserveCapacity(count)
        var last: Int64 = 0
        for _ in 0..<count {
            guard let ticks = reader.signed() else { return nil }
            last &+= ticks
            if let earlier = presentations.last, last <= earlier { return nil }
            guard FrameIndex.canBeShown(at: last) else { return nil }
            presentations.append(last)
        }
        guard let lastDuration = reader.signed(), let keyframeCount = reader.count() else { return nil }
        var keyframes = Keyframes()
        keyframes.reserveCapacity(keyframeCount)
        var (frame, decoding, position) = (0, Int64(0), Int64(0))
        for _ in 0..<keyframeCount {
            guard let step = reader.unsigned().flatMap({ Int(exactly: $0) }), step < count - frame,
                let decoded = reader.optional(since: &decoding),
                let placed = reader.optional(since: &position)
            else { return nil }
            frame += step
            keyframes.append(Keyframe(frame: frame, decoding: decoded, position: placed))
        }
        guard let rangeCount = reader.count() else { return nil }
        var damaged: [Range<Int>] = []
        damaged.reserveCapacity(rangeCount)
        var end = 0
        for _ in 0..<rangeCount {
            guard let step = reader.unsigned().flatMap({ Int(exactly: $0) }), step <= count - end,
                let length = reader.unsigned().flatMap({ Int(exactly: $0) }), length > 0,
                length <= count - end - step
            else { return nil }
            damaged.append(end + step..<end + step + length)
            end += step + length
        }
        guard reader.isAtEnd else { return nil }
        self.init(
            basis: bytes[9] == 0 ? .packets : .frames, timeBase: timeBase, presentations: presentations,
            lastDuration: lastDuration, keyframes: keyframes, damaged: damaged)
    }
}

/// Writes numbers in as few bytes as they need.
private struct NumberWriter {
    var bytes: [UInt8]

    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(_ number: Int64) { write(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }

    mutating func write(_ number: Int64?, since last: inout Int64) {
        guard let number else { return write(UInt64(0)) }
        write(UInt64(1))
        write(number &- last)
        last = number
    }
}

/// Reads what ``NumberWriter`` wrote; `nil` at the end, and for what it would not write.
private struct NumberReader {
    let bytes: [UInt8]
    var place: Int

    var isAtEnd: Bool { place == bytes.count }

    mutating func unsigned() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    mutating func signed() -> Int64? {
        unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    /// How many things follow, each of which takes at least a byte.
    mutating func count() -> Int? {
        unsigned().flatMap { Int(exactly: $0) }.flatMap { $0 <= bytes.count - place ? $0 : nil }
    }

    /// - Returns: `nil` where nothing can be read, and a missing number where none was written.
    mutating func optional(since last: inout Int64) -> Int64?? {
        switch unsigned() {
        case 0: return .some(nil)
        case 1:
            guard let step = signed() else { return nil }
            last &+= step
            return .some(last)
        default: return nil
        }
    }
}
