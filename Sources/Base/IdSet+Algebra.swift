extension IdSet {
    /// The ids that are in both sets.
    public func intersection(_ other: IdSet) -> IdSet {
        switch (storage, other.storage) {
        case (.bits(let words), .bits(let others)):
            return IdSet.combine(words, others, count: min(words.count, others.count), &)
        case (.sorted(let ids), .bits(let words)), (.bits(let words), .sorted(let ids)):
            return IdSet(sorted: IdSet.those(of: ids, setIn: words))
        case (.sorted(let ids), .sorted(let others)):
            let (small, large) = ids.count < others.count ? (ids, others) : (others, ids)
            return IdSet(
                sorted: small.count * 16 < large.count
                    ? IdSet.gallop(small, large) : IdSet.intersect(small, large))
        }
    }

    /// The ids that are in either set.
    public func union(_ other: IdSet) -> IdSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        let wordCount = Int(max(last ?? 0, other.last ?? 0)) / 64 + 1
        let isSparse = !IdSet.prefersBits(count: count + other.count, wordCount: wordCount)
        if isSparse || (!isDense && !other.isDense) { return IdSet(sorted: IdSet.unite(ids, other.ids)) }
        let words = self.words
        let others = other.words
        var united = words.count >= others.count ? words : others
        let shorter = words.count >= others.count ? others : words
        for index in shorter.indices { united[index] |= shorter[index] }
        return IdSet(words: united)
    }

    /// The ids of this set that are not in `other`.
    public func subtracting(_ other: IdSet) -> IdSet {
        if isEmpty || other.isEmpty { return self }
        switch (storage, other.storage) {
        case (.sorted(let ids), _):
            return IdSet(sorted: ids.filter { !other.contains($0) })
        case (.bits(var words), .sorted(let others)):
            for id in others where Int(id) / 64 < words.count {
                words[Int(id) / 64] &= ~(1 << UInt64(id % 64))
            }
            return IdSet(words: words)
        case (.bits(var words), .bits(let others)):
            for index in 0..<min(words.count, others.count) { words[index] &= ~others[index] }
            return IdSet(words: words)
        }
    }

    /// How many ids are in both sets, without building the set of them.
    public func intersectionCount(_ other: IdSet) -> Int {
        switch (storage, other.storage) {
        case (.bits(let words), .bits(let others)):
            return words.withUnsafeBufferPointer { words in
                others.withUnsafeBufferPointer { others in
                    var count = 0
                    for index in 0..<min(words.count, others.count) {
                        count &+= (words[index] & others[index]).nonzeroBitCount
                    }
                    return count
                }
            }
        case (.sorted(let ids), .bits(let words)), (.bits(let words), .sorted(let ids)):
            return ids.reduce(0) { IdSet.isSet($1, in: words) ? $0 + 1 : $0 }
        case (.sorted, .sorted):
            return intersection(other).count
        }
    }

    /// Whether every id of this set is in `other`.
    public func isSubset(of other: IdSet) -> Bool { intersectionCount(other) == count }

    /// The `count` ids that follow the first `skip`, in order: a page.
    public func page(skip: Int, count limit: Int) -> [LocalID] {
        guard skip < count, limit > 0 else { return [] }
        if case .sorted(let ids) = storage { return Array(ids[skip..<skip + min(limit, count - skip)]) }
        var page: [LocalID] = []
        page.reserveCapacity(min(limit, count - skip))
        var toSkip = skip
        for (index, word) in words.enumerated() {
            let bits = word.nonzeroBitCount
            if toSkip >= bits {
                toSkip -= bits
                continue
            }
            var rest = word
            while rest != 0 {
                if toSkip > 0 {
                    toSkip -= 1
                } else {
                    page.append(LocalID(index * 64 + rest.trailingZeroBitCount))
                    if page.count == limit { return page }
                }
                rest &= rest - 1
            }
        }
        return page
    }

    // MARK: - Private

    private static func isSet(_ id: LocalID, in words: [UInt64]) -> Bool {
        let word = Int(id) / 64
        return word < words.count && words[word] >> UInt64(id % 64) & 1 == 1
    }

    @inline(__always)
    private static func combine(
        _ words: [UInt64], _ others: [UInt64], count: Int, _ operation: (UInt64, UInt64) -> UInt64
    ) -> IdSet {
        var bitCount = 0
        let combined = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            words.withUnsafeBufferPointer { words in
                others.withUnsafeBufferPointer { others in
                    for index in 0..<count {
                        let word = operation(words[index], others[index])
                        buffer[index] = word
                        bitCount &+= word.nonzeroBitCount
                    }
                }
            }
            initialized = count
        }
        return IdSet(words: combined, count: bitCount)
    }

    /// The ids whose bit is set. Each is written, and kept by counting it: no branch is mispredicted.
    private static func those(of ids: [LocalID], setIn words: [UInt64]) -> [LocalID] {
        [LocalID](unsafeUninitializedCapacity: ids.count) { buffer, initialized in
            var kept = 0
            let limit = words.count * 64
            words.withUnsafeBufferPointer { words in
                for id in ids {
                    // What lies beyond the last word is greater than all that follow, too.
                    if Int(id) >= limit { break }
                    buffer[kept] = id
                    kept &+= Int(truncatingIfNeeded: words[Int(id) / 64] >> UInt64(id % 64) & 1)
                }
            }
            initialized = kept
        }
    }

    /// Both step by step, without a branch that depends on the ids.
    private static func intersect(_ left: [LocalID], _ right: [LocalID]) -> [LocalID] {
        [LocalID](unsafeUninitializedCapacity: min(left.count, right.count)) { buffer, initialized in
            var kept = 0
            left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    var i = 0, j = 0
                    while i < left.count, j < right.count, kept < buffer.count {
                        let (one, other) = (left[i], right[j])
                        buffer[kept] = one
                        kept &+= one == other ? 1 : 0
                        i &+= one <= other ? 1 : 0
                        j &+= other <= one ? 1 : 0
                    }
                }
            }
            initialized = kept
        }
    }

    /// `small` is much the shorter: each of its ids is sought in the rest of `large` by galloping.
    private static func gallop(_ small: [LocalID], _ large: [LocalID]) -> [LocalID] {
        var result: [LocalID] = []
        result.reserveCapacity(small.count)
        var place = 0
        for id in small {
            var step = 1
            var low = place
            while place + step < large.count, large[place + step] < id {
                low = place + step
                step *= 2
            }
            var high = min(place + step + 1, large.count)
            while low < high {
                let middle = (low + high) / 2
                if large[middle] < id { low = middle + 1 } else { high = middle }
            }
            place = low
            if place == large.count { break }
            if large[place] == id { result.append(id) }
        }
        return result
    }

    private static func unite(_ left: [LocalID], _ right: [LocalID]) -> [LocalID] {
        [LocalID](unsafeUninitializedCapacity: left.count + right.count) { buffer, initialized in
            var i = 0, j = 0, place = 0
            while i < left.count || j < right.count {
                if j == right.count || (i < left.count && left[i] < right[j]) {
                    buffer[place] = left[i]
                    i += 1
                } else {
                    if i < left.count, left[i] == right[j] { i += 1 }
                    buffer[place] = right[j]
                    j += 1
                }
                place += 1
            }
            initialized = place
        }
    }
}
