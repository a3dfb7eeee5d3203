import Synchronization

/// Gives codes to strings: those of a dictionary keep theirs, new ones follow.
struct DictionaryBuilder {
    private let base: StringDictionary
    private var segments: ChunkList<StringDictionary.Segment>
    /// The sealed segments that hold new strings, for look-ups without a walk through the list.
    private var sealed: [StringDictionary.Segment] = []
    private let firstSealed: Int
    private(set) var count: Int
    /// The strings of the last, unsealed segment.
    private var ends: [UInt32] = []
    private var bytes: [UInt8] = []
    /// The codes from `base.count` on, counted from there.
    private var table = StringHashTable()
    /// The hash of each new string, so that a table that grows need not read them again.
    private var hashes: [UInt64] = []

    /// Goes on from `base`.
    init(_ base: StringDictionary = StringDictionary()) {
        self.base = base
        segments = base.segments
        count = base.count
        firstSealed = base.count / StringDictionary.Segment.width
    }

    /// The code of `text`, which becomes part of the dictionary if it is new.
    ///
    /// - Throws: `limitExceeded` for a string that is longer than a dictionary holds, or one too many.
    mutating func code(of text: String) throws(ColumnsError) -> Int {
        var text = text
        var code: Int?
        text.withUTF8 { code = self.code(ofBytes: UnsafeRawBufferPointer($0)) }
        guard let code else { throw tooLarge(text.utf8.count) }
        return code
    }

    /// The code of the string with these bytes; `nil` beyond the limits.
    @inline(__always)
    mutating func code(ofBytes string: UnsafeRawBufferPointer) -> Int? {
        let hash = StringHashTable.hash(string)
        if let known = table.code(hash: hash, { isNew($0, string) }) { return base.count &+ Int(known) }
        return add(string, hash: hash)
    }

    func tooLarge(_ byteCount: Int) -> ColumnsError {
        ColumnsError(
            .limitExceeded,
            "a string of \(byteCount) bytes as number \(count + 1) of a column; the limits are "
                + "\(StringDictionary.maximumByteCount) bytes and \(StringDictionary.maximumCount) strings")
    }

    /// The dictionary with all strings so far.
    consuming func finish() -> StringDictionary {
        guard count > base.count else { return base }
        if !ends.isEmpty {
            segments[count / StringDictionary.Segment.width] = .init(ends: ends, bytes: bytes)
        }
        let isFirst = base.count == 0
        let newest = base.index.state.withLock { (count: $0.newestCount, segments: $0.newest) }
        let isOfOneHistory =
            agrees(with: newest.segments, through: min(newest.count, count))
            && base.index.state.withLock { state in
                // Someone was quicker: a table of its own is never wrong.
                guard state.newestCount == newest.count else { return false }
                if count > state.newestCount {
                    state.newestCount = count
                    state.newest = segments
                }
                if isFirst, state.table == nil { state.table = table }
                return true
            }
        let index =
            isOfOneHistory
            ? base.index : .init(table: isFirst ? table : nil, newestCount: count, newest: segments)
        return StringDictionary(segments: segments, count: count, index: index)
    }

    // MARK: - Private

    /// Whether the codes from the base's last one up to `end` stand for the same strings in `others`.
    private func agrees(with others: ChunkList<StringDictionary.Segment>, through end: Int) -> Bool {
        let width = StringDictionary.Segment.width
        return (base.count..<max(end, base.count)).allSatisfy { code in
            guard let left = segments[code / width], let right = others[code / width] else { return false }
            return left.bytes(code % width).isEqual(to: right.bytes(code % width))
        }
    }

    private func isNew(_ place: UInt32, _ string: UnsafeRawBufferPointer) -> Bool {
        let code = base.count &+ Int(place)
        let segment = code / StringDictionary.Segment.width
        let index = code % StringDictionary.Segment.width
        if segment &- firstSealed < sealed.count {
            return sealed[segment &- firstSealed].bytes(index).isEqual(to: string)
        }
        return bytes.withUnsafeBytes { bytes in
            let start = index == 0 ? 0 : Int(ends[index - 1])
            return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(ends[index])]).isEqual(to: string)
        }
    }

    private mutating func add(_ string: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        if base.count > 0, let known = base.code(bytes: string, hash: hash) { return known }
        guard string.count <= StringDictionary.maximumByteCount, count < StringDictionary.maximumCount else {
            return nil
        }
        if count == base.count { openLastSegment() }
        if !table.hasRoom(for: table.count + 1) { growTable() }
        table.insert(UInt32(count - base.count), hash: hash)
        hashes.append(hash)
        bytes.append(contentsOf: string)
        ends.append(UInt32(bytes.count))
        count += 1
        if ends.count == StringDictionary.Segment.width {
            let segment = StringDictionary.Segment(ends: ends, bytes: bytes)
            segments[(count - 1) / StringDictionary.Segment.width] = segment
            sealed.append(segment)
            ends.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
        }
        return count - 1
    }

    /// Takes over the strings of the base's last segment where it is not full.
    private mutating func openLastSegment() {
        guard base.count % StringDictionary.Segment.width != 0, let last = segments[firstSealed] else {
            return
        }
        let known = last.content
        ends.append(contentsOf: known.bindMemory(to: UInt32.self)[..<last.count])
        bytes.append(contentsOf: known[(last.count * 4)...])
    }

    private mutating func growTable() {
        var grown = StringHashTable(minimumCapacity: table.count + 1)
        for (place, hash) in hashes.enumerated() { grown.insert(UInt32(place), hash: hash) }
        table = grown
    }
}
