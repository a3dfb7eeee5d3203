/// A set of ``LocalID``s of one class: a sorted array while it is sparse, a flat bitset when it is dense.
///
/// The representation follows from the contents: a bitset where it takes less memory than the array would,
/// that is from one id in 32 upwards. Building either is one pass, and AND, OR and NOT of bitsets run at
/// memory speed. Values are immutable once shared; equality compares members, not representations.
public struct IdSet: Sendable {
    enum Storage: Sendable {
        /// Strictly increasing.
        case sorted([LocalID])
        /// Bit `id % 64` of word `id / 64`; the last word is not zero.
        case bits([UInt64])
    }

    let storage: Storage
    /// How many ids there are.
    public let count: Int

    /// The empty set.
    public init() {
        storage = .sorted([])
        count = 0
    }

    /// The ids of `range`.
    public init(_ range: Range<LocalID>) {
        guard !range.isEmpty else {
            self.init()
            return
        }
        let wordCount = (Int(range.upperBound) + 63) / 64
        guard IdSet.prefersBits(count: range.count, wordCount: wordCount) else {
            self.init(sorted: Array(range))
            return
        }
        var words = [UInt64](repeating: 0, count: wordCount)
        for word in Int(range.lowerBound) / 64..<words.count {
            var mask = UInt64.max
            if word == Int(range.lowerBound) / 64 { mask &= .max << UInt64(range.lowerBound % 64) }
            if word == words.count - 1, range.upperBound % 64 != 0 {
                mask &= (1 << UInt64(range.upperBound % 64)) - 1
            }
            words[word] = mask
        }
        self.init(words: words)
    }

    /// The given ids, which must be strictly increasing.
    public init(sorted ids: [LocalID]) {
        assert(zip(ids, ids.dropFirst()).allSatisfy(<), "ids are not strictly increasing")
        count = ids.count
        guard let last = ids.last, IdSet.prefersBits(count: ids.count, wordCount: Int(last) / 64 + 1) else {
            storage = .sorted(ids)
            return
        }
        var words = [UInt64](repeating: 0, count: Int(last) / 64 + 1)
        for id in ids { words[Int(id) / 64] |= 1 << UInt64(id % 64) }
        storage = .bits(words)
    }

    /// The given ids, in any order, with or without repetition.
    public init(_ ids: some Sequence<LocalID>) {
        var sorted = ids.sorted()
        if !sorted.isEmpty {
            var kept = 1
            for index in 1..<sorted.count where sorted[index] != sorted[kept - 1] {
                sorted[kept] = sorted[index]
                kept += 1
            }
            sorted.removeLast(sorted.count - kept)
        }
        self.init(sorted: sorted)
    }

    /// The ids whose bits are set: bit `id % 64` of word `id / 64`. `count`, where the caller knows it, must
    /// be the number of bits set.
    public init(words: [UInt64], count known: Int? = nil) {
        var words = words
        while let last = words.last, last == 0 { words.removeLast() }
        let count = known ?? IdSet.bitCount(words)
        self.count = count
        guard IdSet.prefersBits(count: count, wordCount: words.count) else {
            storage = .sorted(IdSet.ids(in: words, count: count))
            return
        }
        storage = .bits(words)
    }

    public var isEmpty: Bool { count == 0 }

    public func contains(_ id: LocalID) -> Bool {
        switch storage {
        case .sorted(let ids):
            let place = IdSet.lowerBound(of: id, in: ids)
            return place < ids.count && ids[place] == id
        case .bits(let words):
            let word = Int(id) / 64
            return word < words.count && words[word] >> UInt64(id % 64) & 1 == 1
        }
    }

    /// The smallest id.
    public var first: LocalID? { isEmpty ? nil : self[rank: 0] }

    /// The largest id.
    public var last: LocalID? {
        switch storage {
        case .sorted(let ids): ids.last
        case .bits(let words): LocalID(words.count * 64 - 1 - words[words.count - 1].leadingZeroBitCount)
        }
    }

    /// The id that `rank` smaller ones precede; `rank` must be in `0..<count`. A bitset counts its words.
    public subscript(rank rank: Int) -> LocalID {
        precondition(rank >= 0 && rank < count, "rank \(rank) of \(count) ids")
        switch storage {
        case .sorted(let ids): return ids[rank]
        case .bits(let words):
            var rest = rank
            for (index, word) in words.enumerated() {
                let bits = word.nonzeroBitCount
                if rest < bits { return LocalID(index * 64 + word.place(ofSetBit: rest)) }
                rest -= bits
            }
            preconditionFailure("count does not agree with the bits")
        }
    }

    /// How many ids are smaller than `id`.
    public func rank(of id: LocalID) -> Int {
        switch storage {
        case .sorted(let ids): return IdSet.lowerBound(of: id, in: ids)
        case .bits(let words):
            let word = Int(id) / 64
            guard word < words.count else { return count }
            let below = words[..<word].reduce(0) { $0 + $1.nonzeroBitCount }
            return below + (words[word] & ((1 << UInt64(id % 64)) - 1)).nonzeroBitCount
        }
    }

    /// The ids in order.
    public var ids: [LocalID] {
        switch storage {
        case .sorted(let ids): ids
        case .bits(let words): IdSet.ids(in: words, count: count)
        }
    }

    /// The bits as words: bit `id % 64` of word `id / 64`. A sorted set builds them.
    public var words: [UInt64] {
        switch storage {
        case .bits(let words): return words
        case .sorted(let ids):
            guard let last = ids.last else { return [] }
            var words = [UInt64](repeating: 0, count: Int(last) / 64 + 1)
            for id in ids { words[Int(id) / 64] |= 1 << UInt64(id % 64) }
            return words
        }
    }

    /// Whether the set is held as a bitset, so that ``words`` costs nothing and ``ids`` a pass.
    public var isDense: Bool { if case .bits = storage { true } else { false } }

    /// Calls `body` with each id in order.
    public func forEach<Failure: Error>(_ body: (LocalID) throws(Failure) -> Void) throws(Failure) {
        switch storage {
        case .sorted(let ids): for id in ids { try body(id) }
        case .bits(let words):
            for index in words.indices {
                var word = words[index]
                while word != 0 {
                    try body(LocalID(index * 64 + word.trailingZeroBitCount))
                    word &= word - 1
                }
            }
        }
    }

    /// Bytes held, without the allocation's own overhead.
    public var byteCount: Int {
        switch storage {
        case .sorted(let ids): ids.count * 4
        case .bits(let words): words.count * 8
        }
    }

    // MARK: - Shared by the set operations

    static func prefersBits(count: Int, wordCount: Int) -> Bool { count * 4 > wordCount * 8 }

    static func bitCount(_ words: [UInt64]) -> Int {
        words.withUnsafeBufferPointer { words in
            var count = 0
            for word in words { count &+= word.nonzeroBitCount }
            return count
        }
    }

    static func ids(in words: [UInt64], count: Int) -> [LocalID] {
        [LocalID](unsafeUninitializedCapacity: count) { buffer, initialized in
            var place = 0
            words.withUnsafeBufferPointer { words in
                for index in words.indices {
                    var word = words[index]
                    while word != 0 {
                        buffer[place] = LocalID(truncatingIfNeeded: index &* 64 &+ word.trailingZeroBitCount)
                        place &+= 1
                        word &= word &- 1
                    }
                }
            }
            initialized = place
        }
    }

    /// The place of the first element that is not smaller than `id`.
    static func lowerBound(of id: LocalID, in ids: [LocalID]) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension IdSet: Equatable {
    public static func == (left: IdSet, right: IdSet) -> Bool {
        guard left.count == right.count else { return false }
        return switch (left.storage, right.storage) {
        case (.sorted(let ids), .sorted(let others)): ids == others
        case (.bits(let words), .bits(let others)): words == others
        default: left.ids == right.ids
        }
    }
}

extension IdSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: LocalID...) { self.init(elements) }
}

extension UInt64 {
    /// The place of the set bit that `rank` lower set bits precede.
    fileprivate func place(ofSetBit rank: Int) -> Int {
        var word = self
        for _ in 0..<rank { word &= word &- 1 }
        return word.trailingZeroBitCount
    }
}
