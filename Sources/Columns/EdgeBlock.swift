import Base
import CColumns

/// Edges of one key, or of the few-edged keys of a page, immutable: ids, and beside them one packed array of
/// numbers a property.
final class EdgeBlock: Sendable {
    /// How ids lie.
    enum Form: UInt8, Sendable {
        /// 32-bit ids; `base` is 0.
        case ids = 0
        /// 16-bit distances from `base`: a cell of 65,536 ids.
        case lows = 1
        /// One bit for each id of a cell, which is shorter from 4,096 edges on. No id has two edges.
        case bitmap = 2
    }

    /// Ids that a cell spans.
    static let cellWidth = 65_536
    static let cellWords = cellWidth / 64

    let form: Form
    /// The id that distance 0 means.
    let base: LocalID
    /// How many edges there are.
    let count: Int
    /// How many different ids they have.
    let idCount: Int
    let places: MemoryBlock
    let numbers: [PackedNumbers]

    init(form: Form, base: LocalID, count: Int, idCount: Int, places: MemoryBlock, numbers: [PackedNumbers]) {
        self.form = form
        self.base = base
        self.count = count
        self.idCount = idCount
        self.places = places
        self.numbers = numbers
    }

    /// Packs edges; `cell` tells the id that a cell begins with, `nil` leaves ids whole.
    convenience init(_ edges: EdgeList, cell base: LocalID?) {
        let idCount = edges.idCount
        let count = edges.count
        let form: Form = base == nil ? .ids : count == idCount && count >= 4_096 ? .bitmap : .lows
        let places: MemoryBlock
        switch form {
        case .ids:
            places = edges.ids.withUnsafeBytes { .copy(of: $0, byteCount: EdgeBlock.capacity(count) * 4) }
        case .lows:
            let lows = edges.ids.map { UInt16(truncatingIfNeeded: $0) }
            places = lows.withUnsafeBytes { .copy(of: $0, byteCount: EdgeBlock.capacity(count) * 2) }
        case .bitmap:
            places = .zeroed(byteCount: EdgeBlock.cellWidth / 8)
            for id in edges.ids {
                places.words[Int(id) % EdgeBlock.cellWidth / 64] |= 1 << UInt64(id & 63)
            }
        }
        let numbers = edges.columns.map { column in
            column.withUnsafeBufferPointer { column in
                PackedNumbers.doubles(
                    column.baseAddress.unsafelyUnwrapped, presence: nil, count: count,
                    capacity: EdgeBlock.capacity(count))
            }
        }
        self.init(
            form: form, base: base ?? 0, count: count, idCount: idCount, places: places, numbers: numbers)
    }

    /// Room for `count` edges: kernels may start anywhere and read whole words.
    static func capacity(_ count: Int) -> Int { count + 64 }

    /// Whether an id has several edges.
    var hasRepeats: Bool { count != idCount }
    var idWidth: Int32 { form == .ids ? 4 : 2 }
    var byteCount: Int { places.byteCount + numbers.reduce(160) { $0 + $1.byteCount + 96 } }

    /// Writes the ids of all edges.
    func unpackIDs(into out: UnsafeMutablePointer<LocalID>) {
        switch form {
        case .ids: out.update(from: places.base.assumingMemoryBound(to: LocalID.self), count: count)
        case .lows:
            let lows = places.base.assumingMemoryBound(to: UInt16.self)
            for place in 0..<count { out[place] = base &+ LocalID(lows[place]) }
        case .bitmap:
            var place = 0
            UnsafePointer(places.words).forEachBit(words: EdgeBlock.cellWords) { low in
                out[place] = base &+ LocalID(truncatingIfNeeded: low)
                place &+= 1
            }
        }
    }

    /// All edges.
    var list: EdgeList {
        let ids = [LocalID](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress { unpackIDs(into: start) }
            initialized = count
        }
        return EdgeList(
            ids: ids, columns: numbers.map { numbers in (0..<count).map { numbers.double(at: $0) } })
    }

    /// A copy with edges that follow the last one, or `nil` where it must be packed anew. For 32-bit ids and
    /// lows the first edge may have the id of the last one.
    func appending(_ edges: EdgeList) -> EdgeBlock? {
        guard let first = edges.ids.first, first > lastID else { return nil }
        let total = count + edges.count
        let added = edges.idCount
        if form == .bitmap && added != edges.count
            || form == .lows && total >= 4_096 && total == idCount + added
        {
            return nil
        }
        let capacity = EdgeBlock.capacity(total)
        var packed: [PackedNumbers] = []
        for (property, numbers) in numbers.enumerated() {
            let column = edges.columns[property]
            guard
                let grown = numbers.replacing(
                    column.indices.lazy.map { (self.count + $0, column[$0].bitPattern) }, capacity: capacity)
            else { return nil }
            packed.append(grown)
        }
        let places: MemoryBlock
        switch form {
        case .ids:
            places = .copy(of: self.places.bytes, byteCount: capacity * 4)
            let ids = places.base.assumingMemoryBound(to: LocalID.self)
            for (index, id) in edges.ids.enumerated() { ids[count + index] = id }
        case .lows:
            places = .copy(of: self.places.bytes, byteCount: capacity * 2)
            let lows = places.base.assumingMemoryBound(to: UInt16.self)
            for (index, id) in edges.ids.enumerated() { lows[count + index] = UInt16(truncatingIfNeeded: id) }
        case .bitmap:
            places = .copy(of: self.places.bytes, byteCount: self.places.byteCount)
            for id in edges.ids { places.words[Int(id) % EdgeBlock.cellWidth / 64] |= 1 << UInt64(id & 63) }
        }
        return EdgeBlock(
            form: form, base: base, count: total, idCount: idCount + added, places: places, numbers: packed)
    }

    /// The id of the last edge; there is at least one.
    var lastID: LocalID {
        switch form {
        case .ids: return places.base.load(fromByteOffset: (count - 1) * 4, as: LocalID.self)
        case .lows: return base + LocalID(places.base.load(fromByteOffset: (count - 1) * 2, as: UInt16.self))
        case .bitmap:
            for word in stride(from: EdgeBlock.cellWords - 1, through: 0, by: -1)
            where places.words[word] != 0 {
                return base + LocalID(word * 64 + 63 - places.words[word].leadingZeroBitCount)
            }
            return base
        }
    }
}
