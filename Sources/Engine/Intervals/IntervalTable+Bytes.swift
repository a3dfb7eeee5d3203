import Annotations
import Base
import Catalog

/// The intervals of all videos as bytes, so that a store opens at full speed.
///
/// ```
/// "fovintvl" · CRC-32C of all that follows, as 8 bytes · version · identity of the store, 3 numbers of the
/// mark · count of classes · of each: its name · count · of its intervals streams (4), starts (8), ends (8),
/// first frames (4), stop frames (4), scores (8), labels (8), sources (8), places in the order of ends (4)
/// ```
///
/// Numbers are little-endian and have 8 bytes unless said; texts, bytes and lists begin with their length,
/// and end with zeros up to a multiple of eight.
extension IntervalTable {
    private static let magic: [UInt8] = Array("fovintvl".utf8)
    private static let version: Int64 = 1

    func encoded(_ mark: LabelMark, store: [UInt8]) -> [UInt8] {
        var writer = ArrayWriter()
        writer.bytes.reserveCapacity(count * 60 + 4_096)
        writer.bytes += IntervalTable.magic
        // The checksum's place.
        writer.put(Int64(0))
        writer.put(IntervalTable.version)
        writer.put(store)
        for number in mark.numbers { writer.put(number) }
        writer.put(Int64(classes.count))
        for (name, known) in classes.sorted(by: { $0.key.text < $1.key.text }) {
            let stretches = known.index.stretches
            writer.put(Array(name.text.utf8))
            writer.put(stretches.map(\.stream))
            writer.put(stretches.map(\.start))
            writer.put(stretches.map(\.end))
            writer.put(known.starts)
            writer.put(known.stops)
            writer.put(known.scores)
            writer.put(known.labels)
            writer.put(known.sources)
            writer.put(known.byEnd)
        }
        let checksum = writer.bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[16...]))
        }
        for place in 0..<4 {
            writer.bytes[8 + place] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(place)))
        }
        return writer.bytes
    }

    /// Reads what ``encoded(_:store:)`` wrote of the same store; `nil` for anything else, damage included.
    static func read(_ bytes: [UInt8], of store: [UInt8]) -> (table: IntervalTable, mark: LabelMark)? {
        bytes.withUnsafeBytes { raw in
            var reader = ArrayReader(bytes: raw)
            guard raw.count >= 16, raw.starts(with: magic) else { return nil }
            reader.place = 8
            guard let checksum = reader.number(),
                checksum == Int64(CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[16...]))),
                reader.number() == version, let identity = reader.list(of: UInt8.self), identity == store,
                let commit = reader.number(), let generation = reader.number(), let last = reader.number(),
                let mark = LabelMark(numbers: [commit, generation, last]), let count = reader.number(),
                count >= 0
            else { return nil }
            var classes: [ExactName: OfClass] = [:]
            for _ in 0..<count {
                guard let name = reader.list(of: UInt8.self), let known = reader.intervals() else {
                    return nil
                }
                classes[ExactName(String(decoding: name, as: UTF8.self))] = known
            }
            return reader.place == raw.count ? (IntervalTable(classes), mark) : nil
        }
    }
}

private struct ArrayWriter {
    var bytes: [UInt8] = []

    mutating func put(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Its length, and its numbers as the processor has them, which is little-endian.
    mutating func put<Element: BitwiseCopyable>(_ list: [Element]) {
        put(Int64(list.count))
        list.withUnsafeBytes { bytes.append(contentsOf: $0) }
        while bytes.count % 8 != 0 { bytes.append(0) }
    }
}

private struct ArrayReader {
    let bytes: UnsafeRawBufferPointer
    var place = 0

    mutating func number() -> Int64? {
        guard bytes.count - place >= 8 else { return nil }
        defer { place += 8 }
        return Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int64.self))
    }

    mutating func list<Element: BitwiseCopyable>(of type: Element.Type) -> [Element]? {
        guard let length = number().flatMap({ Int(exactly: $0) }), length >= 0 else { return nil }
        let (size, isTooLong) = length.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !isTooLong, size <= bytes.count - place, (size + 7) / 8 * 8 <= bytes.count - place else {
            return nil
        }
        let part = UnsafeRawBufferPointer(rebasing: bytes[place..<place + size])
        place += (size + 7) / 8 * 8
        return [Element](unsafeUninitializedCapacity: length) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: part)
            count = length
        }
    }

    /// The intervals of a class; `nil` where they are not as they were written.
    mutating func intervals() -> IntervalTable.OfClass? {
        guard let streams = list(of: UInt32.self), let begins = list(of: Int64.self),
            let ends = list(of: Int64.self), let starts = list(of: Int32.self),
            let stops = list(of: Int32.self),
            let scores = list(of: Double.self), let labels = list(of: LabelID.self),
            let sources = list(of: Int64.self), let byEnd = list(of: UInt32.self),
            [
                begins.count, ends.count, starts.count, stops.count, scores.count, labels.count,
                sources.count,
                byEnd.count,
            ].allSatisfy({ $0 == streams.count })
        else { return nil }
        var stretches: [Stretch] = []
        stretches.reserveCapacity(streams.count)
        for place in streams.indices {
            guard let stretch = Stretch(stream: streams[place], begins[place], ends[place]) else {
                return nil
            }
            if let last = stretches.last, stretch < last { return nil }
            stretches.append(stretch)
        }
        guard byEnd.allSatisfy({ Int($0) < streams.count }) else { return nil }
        return IntervalTable.OfClass(
            StretchIndex(stretches), starts: starts, stops: stops, scores: scores, labels: labels,
            sources: sources, byEnd: byEnd)
    }
}
