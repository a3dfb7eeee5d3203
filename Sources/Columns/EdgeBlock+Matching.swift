import Base
import CColumns

/// Which edges of a block satisfy the conditions.
enum EdgeMatches {
    case none
    case all
    /// A bit an edge; two words of room follow the last.
    case some(UnsafeMutablePointer<UInt64>, count: Int)
}

/// Room for the bits of the edges of one block, kept between blocks.
final class EdgeScratch {
    private(set) var matches = BitBuffer.allocate(capacity: 1)
    private(set) var others = BitBuffer.allocate(capacity: 1)
    /// The bits of one cell.
    let cell = BitBuffer.allocate(capacity: EdgeBlock.cellWords)
    private var words = 1

    func reserve(_ wanted: Int) {
        guard wanted > words else { return }
        matches.deallocate()
        others.deallocate()
        words = max(wanted, EdgeBlock.cellWords + 2)
        matches = .allocate(capacity: words)
        others = .allocate(capacity: words)
    }

    deinit {
        matches.deallocate()
        others.deallocate()
        cell.deallocate()
    }
}

extension EdgeBlock {
    /// The edges from `first` on, `count` of them, that satisfy all conditions.
    func match(
        _ conditions: [EdgeCondition], first: Int = 0, count: Int? = nil, scratch: EdgeScratch
    ) -> EdgeMatches {
        let count = count ?? self.count
        let words = wordCount(forBits: count)
        scratch.reserve(words + 2)
        var isFirst = true
        for condition in conditions {
            let out = isFirst ? scratch.matches : scratch.others
            switch numbers[condition.property].match(condition.test, first: first, words: words, into: out) {
            case .none: return .none
            case .all: continue
            case .bits:
                if !isFirst { _ = fovea_columns_mask(scratch.matches, out, words) }
                isFirst = false
            }
        }
        if isFirst { return .all }
        let matches = scratch.matches
        matches.clearTail(after: count)
        matches[words] = 0
        matches[words + 1] = 0
        let found = fovea_columns_count_both(matches, nil, words)
        return found == 0 ? .none : .some(matches, count: found)
    }

    /// Sets the bits of the ids whose edges match. `out` begins with id 0 and reaches the last one.
    func scatter(_ matches: EdgeMatches, into out: BitBuffer, scratch: EdgeScratch) {
        let cell = out + Int(base) / 64
        switch (form, matches) {
        case (_, .none): return
        case (.bitmap, .all): fovea_columns_or(cell, places.words, EdgeBlock.cellWords)
        case (.bitmap, .some(let bits, _)):
            fovea_columns_deposit(places.words, bits, EdgeBlock.cellWords, scratch.cell)
            fovea_columns_or(cell, scratch.cell, EdgeBlock.cellWords)
        case (_, .all): fovea_columns_scatter(places.base, idWidth, nil, count, cell)
        case (_, .some(let bits, _)): fovea_columns_scatter(places.base, idWidth, bits, count, cell)
        }
    }

    /// Appends the different ids whose edges match, in order.
    func append(_ matches: EdgeMatches, to ids: inout [LocalID], scratch: EdgeScratch) {
        func add(_ id: LocalID) { if ids.last != id { ids.append(id) } }
        switch (form, matches) {
        case (_, .none): return
        case (.bitmap, .all):
            UnsafePointer(places.words).forEachBit(words: EdgeBlock.cellWords) {
                ids.append(base + LocalID($0))
            }
        case (.bitmap, .some(let bits, _)):
            fovea_columns_deposit(places.words, bits, EdgeBlock.cellWords, scratch.cell)
            UnsafePointer(scratch.cell).forEachBit(words: EdgeBlock.cellWords) {
                ids.append(base + LocalID($0))
            }
        case (_, .all): for place in 0..<count { add(id(at: place)) }
        case (_, .some(let bits, _)):
            UnsafePointer(bits).forEachBit(words: wordCount(forBits: count)) { add(id(at: $0)) }
        }
    }

    /// How many different ids have a matching edge and, unless it is `nil`, are in `set`, which begins with
    /// id 0 and reaches the last cell whole.
    func idCount(_ matches: EdgeMatches, in set: UnsafePointer<UInt64>?) -> Int {
        if case .none = matches { return 0 }
        if hasRepeats { return idCountOneByOne(matches, in: set, places: 0..<count) }
        guard let set else {
            if case .some(_, let count) = matches { return count }
            return count
        }
        let cell = set + Int(base) / 64
        switch (form, matches) {
        case (_, .none): return 0
        case (.bitmap, .all): return fovea_columns_count_both(places.words, cell, EdgeBlock.cellWords)
        case (.bitmap, .some(let bits, _)):
            return fovea_columns_deposit_hits(places.words, bits, cell, EdgeBlock.cellWords)
        case (_, .all): return fovea_columns_hits(places.base, idWidth, nil, count, cell)
        case (_, .some(let bits, _)): return fovea_columns_hits(places.base, idWidth, bits, count, cell)
        }
    }

    /// The same for some places, edge by edge; `matches` tells of the edges from the first place on. Not for
    /// bitmaps.
    func idCountOneByOne(_ matches: EdgeMatches, in set: UnsafePointer<UInt64>?, places: Range<Int>) -> Int {
        var count = 0
        var last: LocalID?
        for place in places {
            if case .some(let bits, _) = matches, !UnsafePointer(bits).isSet(place) { continue }
            let id = id(at: place)
            guard id != last, set?.isSet(Int(id)) ?? true else { continue }
            last = id
            count += 1
        }
        return count
    }

    /// The id of an edge. Not for bitmaps.
    @inline(__always)
    func id(at place: Int) -> LocalID {
        form == .ids
            ? places.base.load(fromByteOffset: place &* 4, as: LocalID.self)
            : base &+ LocalID(places.base.load(fromByteOffset: place &* 2, as: UInt16.self))
    }
}
