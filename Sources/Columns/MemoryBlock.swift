/// A piece of memory that a chunk lies in: aligned for vectors, filled once, then only read.
///
/// `@unchecked Sendable`: whoever makes a block writes it before anyone else sees it, and nobody writes it
/// after.
final class MemoryBlock: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// Memory that is not initialised.
    init(byteCount: Int) {
        self.byteCount = byteCount
        base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    }

    deinit { base.deallocate() }

    /// Memory of zeros.
    static func zeroed(byteCount: Int) -> MemoryBlock {
        let block = MemoryBlock(byteCount: byteCount)
        block.base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return block
    }

    /// A block of `byteCount` bytes that begins with those of `source` and goes on with zeros.
    static func copy(of source: UnsafeRawBufferPointer, byteCount: Int) -> MemoryBlock {
        let block = MemoryBlock(byteCount: byteCount)
        let copied = min(source.count, byteCount)
        if copied > 0, let start = source.baseAddress {
            block.base.copyMemory(from: start, byteCount: copied)
        }
        if byteCount > copied {
            (block.base + copied).initializeMemory(as: UInt8.self, repeating: 0, count: byteCount - copied)
        }
        return block
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: byteCount) }

    /// The block as words of 64 bits.
    var words: UnsafeMutablePointer<UInt64> { base.assumingMemoryBound(to: UInt64.self) }
}
