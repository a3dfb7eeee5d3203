import CColumns
import Synchronization

/// The different strings of a column, by code: append-only, shared between versions.
///
/// Strings lie in segments of 256, of which an append copies at most the last. Versions of one history share
/// one hash table: an older version ignores the codes that it does not reach. A second history that starts
/// from the same version shares it as far as both give the same codes to the same strings, as two readers do
/// that bring one column up to date, and gets a table of its own otherwise.
struct StringDictionary: Sendable {
    /// Up to 256 strings: their ends as 32-bit offsets, then their bytes.
    final class Segment: Sendable {
        static let width = 256
        /// Where the ends lie, and after them the bytes, for as long as the segment is alive.
        let place: SegmentPlace
        let byteCount: Int

        /// A segment of `count` strings whose ends and bytes `fill` writes.
        init(count: Int, byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 4), alignment: 64)
            fill(UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount]))
            let ends = memory.bindMemory(to: UInt32.self).baseAddress.unsafelyUnwrapped
            place = SegmentPlace(ends: ends, count: count)
            self.byteCount = byteCount
        }

        /// Packs strings that end at `ends` in `bytes`.
        convenience init(ends: [UInt32], bytes: [UInt8]) {
            self.init(count: ends.count, byteCount: ends.count * 4 + bytes.count) { content in
                ends.withUnsafeBytes { content.copyBytes(from: $0) }
                UnsafeMutableRawBufferPointer(rebasing: content[(ends.count * 4)...]).copyBytes(from: bytes)
            }
        }

        deinit { place.ends.deallocate() }

        var count: Int { place.count }
        var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: place.ends, count: byteCount) }

        @inline(__always)
        func bytes(_ index: Int) -> UnsafeRawBufferPointer { place.bytes(index) }
    }

    /// The memory of a segment, for those who keep it alive.
    ///
    /// `@unchecked Sendable`: nobody writes that memory any more.
    struct SegmentPlace: @unchecked Sendable {
        let ends: UnsafePointer<UInt32>
        let count: Int

        @inline(__always)
        func bytes(_ index: Int) -> UnsafeRawBufferPointer {
            let start = index == 0 ? 0 : Int(ends[index - 1])
            return UnsafeRawBufferPointer(
                start: UnsafeRawPointer(ends + count) + start, count: Int(ends[index]) - start)
        }
    }

    /// Where every segment lies, for those who look for many strings and keep the dictionary: to go through
    /// the list for each would count references to each segment.
    var segmentPlaces: [SegmentPlace] {
        var places: [SegmentPlace] = []
        places.reserveCapacity(segments.count)
        segments.forEach { _, segment in places.append(segment.place) }
        return places
    }

    /// The hash table of one history, made when it is first asked for.
    final class Index: Sendable {
        struct State: Sendable {
            var table: StringHashTable?
            /// How many strings the newest version of this history has, and where they lie.
            var newestCount: Int
            var newest: ChunkList<Segment>
        }
        let state: Mutex<State>

        init(table: StringHashTable?, newestCount: Int, newest: ChunkList<Segment>) {
            state = Mutex(State(table: table, newestCount: newestCount, newest: newest))
        }
    }

    /// No string is longer: 256 of them must lie within 32-bit offsets.
    static let maximumByteCount = (1 << 24) - 1
    /// No dictionary has more strings.
    static let maximumCount = (1 << 31) - 1

    let segments: ChunkList<Segment>
    let count: Int
    let index: Index

    init() {
        self.init(
            segments: ChunkList(), count: 0, index: Index(table: nil, newestCount: 0, newest: ChunkList()))
    }

    init(segments: ChunkList<Segment>, count: Int, index: Index) {
        self.segments = segments
        self.count = count
        self.index = index
    }

    /// Calls `body` with the bytes of the string of `code`.
    @inline(__always)
    func withBytes<Result>(_ code: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard code < count, let segment = segments[code / Segment.width] else {
            preconditionFailure("code \(code) of \(count) strings")
        }
        return withExtendedLifetime(segment) { body(segment.bytes(code % Segment.width)) }
    }

    func string(_ code: Int) -> String { withBytes(code) { String(decoding: $0, as: UTF8.self) } }

    /// The code of a string, if it is in this version.
    func code(_ text: String) -> Int? {
        var text = text
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return code(bytes: bytes, hash: StringHashTable.hash(bytes))
        }
    }

    /// The code of the string with these bytes, if it is in this version.
    func code(bytes: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        index.state.withLock { state in
            // The table knows as many strings as the newest version that asked it.
            var table = state.table.take() ?? StringHashTable()
            table.extend(to: self)
            let code = table.code(hash: hash) { isEqual(Int($0), bytes) }
            state.table = table
            return code.map(Int.init)
        }
    }

    /// Whether `code` is in this version and stands for `bytes`.
    func isEqual(_ code: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        code < count && withBytes(code) { $0.isEqual(to: bytes) }
    }

    /// Negative, 0 or positive as the string of `code` sorts before, with or after that of `other`.
    func compare(_ code: Int, _ other: Int) -> Int {
        code == other ? 0 : withBytes(code) { bytes in withBytes(other) { bytes.compare(with: $0) } }
    }

    /// Calls `body` with the bytes of each string, in order of codes.
    func forEach(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
        segments.forEach { place, segment in
            for index in 0..<segment.count { body(place * Segment.width + index, segment.bytes(index)) }
        }
    }

    /// Bytes held, the hash table included.
    var byteCount: Int {
        var sum = segments.byteCount
        segments.forEach { sum += $1.byteCount + 48 }
        return sum + index.state.withLock { $0.table?.byteCount ?? 0 }
    }
}

extension StringHashTable {
    /// Adds the strings of `dictionary` that are not in the table yet, which knows its first `count` ones.
    mutating func extend(to dictionary: StringDictionary) {
        guard count < dictionary.count else { return }
        if count == 0 || !hasRoom(for: dictionary.count) {
            self = StringHashTable(minimumCapacity: dictionary.count)
            dictionary.forEach { code, bytes in insert(UInt32(code), hash: StringHashTable.hash(bytes)) }
        } else {
            for code in count..<dictionary.count {
                insert(UInt32(code), hash: dictionary.withBytes(code) { StringHashTable.hash($0) })
            }
        }
    }
}
