import Base
import CVectors

/// What one walk at a time writes to. Walking threads take one from a pool and give it back.
///
/// `@unchecked Sendable`: whoever took it from the pool has it alone.
final class WalkScratch: @unchecked Sendable {
    /// How many rows it serves.
    let capacity: Int
    let breadth: Int
    let candidateCapacity: Int
    let base: UnsafeMutablePointer<fovea_walk_scratch>
    private let bits: ReservedMemory
    private static let touchedCapacity = 1 << 15

    /// For a graph with room for `capacity` rows, pools of `breadth` and as many candidates.
    init(capacity: Int, breadth: Int, candidateCapacity: Int) throws(VectorsError) {
        self.capacity = capacity
        self.breadth = breadth
        self.candidateCapacity = candidateCapacity
        let words = capacity / 64 + 1
        bits = try ReservedMemory(byteCount: words * 8)
        base = .allocate(capacity: 1)
        base.initialize(
            to: fovea_walk_scratch(
                visited: bits.base.assumingMemoryBound(to: UInt64.self), words: words,
                touched: .allocate(capacity: WalkScratch.touchedCapacity), touched_count: 0,
                touched_capacity: WalkScratch.touchedCapacity, pool: .allocate(capacity: breadth + 1),
                candidates: .allocate(capacity: candidateCapacity), pool_capacity: breadth,
                candidate_capacity: candidateCapacity))
    }

    deinit {
        base.pointee.touched.deallocate()
        base.pointee.pool.deallocate()
        base.pointee.candidates.deallocate()
        base.deallocate()
    }
}
