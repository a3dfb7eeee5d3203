public import Base
import CColumns
import Synchronization

/// A set of rows that changes with every commit: the entities that are alive, or those whose value is an
/// explicit null. Immutable versions share blocks of 65,536 rows.
public final class RowSet: Sendable {
    /// The rows of one block, 8 KiB.
    final class Block: Sendable {
        static let width = 65_536
        static let wordCount = width / 64
        let memory: MemoryBlock

        init(_ memory: MemoryBlock) { self.memory = memory }
    }

    /// How many rows are in the set.
    public let count: Int
    let blocks: ChunkList<Block>
    private let cachedIdSet = Mutex<IdSet?>(nil)

    init(count: Int, blocks: ChunkList<Block>) {
        self.count = count
        self.blocks = blocks
    }

    /// The empty set.
    public convenience init() { self.init(count: 0, blocks: ChunkList()) }

    /// The rows of `ids`.
    public convenience init(_ ids: IdSet) {
        var blocks = ChunkList<Block>()
        let words = ids.words
        for first in stride(from: 0, to: words.count, by: Block.wordCount) {
            let part = words[first..<min(first + Block.wordCount, words.count)]
            guard part.contains(where: { $0 != 0 }) else { continue }
            part.withUnsafeBytes {
                blocks[first / Block.wordCount] = Block(.copy(of: $0, byteCount: Block.width / 8))
            }
        }
        self.init(count: ids.count, blocks: blocks)
    }

    /// The next version: this one with `rows` added, in any order; rows that it holds already change nothing.
    public func inserting(_ rows: [LocalID]) -> RowSet { changing(rows, isIn: true) }

    /// The next version: this one without `rows`, in any order; rows that it does not hold change nothing.
    public func removing(_ rows: [LocalID]) -> RowSet { changing(rows, isIn: false) }

    public func contains(_ row: LocalID) -> Bool {
        guard let block = blocks[Int(row) / Block.width] else { return false }
        return UnsafePointer(block.memory.words).isSet(Int(row) % Block.width)
    }

    /// The set as an ``IdSet``: built once a version, in memory time.
    public var idSet: IdSet {
        if let known = cachedIdSet.withLock({ $0 }) { return known }
        var words = [UInt64](repeating: 0, count: blocks.count * Block.wordCount)
        words.withUnsafeMutableBufferPointer { words in
            blocks.forEach { index, block in
                words.baseAddress?.advanced(by: index * Block.wordCount)
                    .update(from: block.memory.words, count: Block.wordCount)
            }
        }
        let built = IdSet(words: words, count: count)
        cachedIdSet.withLock { $0 = built }
        return built
    }

    /// Bytes held, those shared with other versions included.
    public var byteCount: Int {
        var sum = blocks.byteCount + 64 + cachedIdSet.withLock { $0?.byteCount ?? 0 }
        blocks.forEach { sum += $1.memory.byteCount + 64 }
        return sum
    }

    // MARK: - Private

    private func changing(_ rows: [LocalID], isIn: Bool) -> RowSet {
        var blocks = blocks
        var count = count
        /// The blocks that this version has copied: it alone writes them.
        var copies: [Int: Block] = [:]
        for row in rows {
            let index = Int(row) / Block.width
            let place = Int(row) % Block.width
            let bit: UInt64 = 1 << UInt64(place & 63)
            let known = blocks[index]
            let wasIn = known.map { $0.memory.words[place >> 6] & bit != 0 } ?? false
            guard wasIn != isIn else { continue }
            let block: Block
            if let copy = copies[index] {
                block = copy
            } else {
                let bytes = known?.memory.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
                block = Block(.copy(of: bytes, byteCount: Block.width / 8))
                copies[index] = block
                blocks[index] = block
            }
            block.memory.words[place >> 6] ^= bit
            count += isIn ? 1 : -1
        }
        return copies.isEmpty ? self : RowSet(count: count, blocks: blocks)
    }
}
