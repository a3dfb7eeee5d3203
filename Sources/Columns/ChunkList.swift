/// A list of chunks by index that versions share: a copy shares everything, and setting a chunk copies one
/// leaf of 64 references. An index without a chunk costs next to nothing.
struct ChunkList<Chunk: AnyObject & Sendable>: Sendable {
    /// `@unchecked Sendable`: written only while one list alone refers to it.
    private final class Leaf: @unchecked Sendable {
        var chunks: [Chunk?]

        init(_ chunks: [Chunk?]) { self.chunks = chunks }
    }

    private static var leafWidth: Int { 64 }

    private var leaves: [Leaf?] = []
    /// One more than the greatest index ever set.
    private(set) var count = 0

    init() {}

    subscript(index: Int) -> Chunk? {
        get {
            guard index < count, let leaf = leaves[index / ChunkList.leafWidth] else { return nil }
            return leaf.chunks[index % ChunkList.leafWidth]
        }
        set {
            let place = index / ChunkList.leafWidth
            while leaves.count <= place { leaves.append(nil) }
            count = max(count, index + 1)
            if leaves[place] == nil {
                if newValue == nil { return }
                leaves[place] = Leaf(Array(repeating: nil, count: ChunkList.leafWidth))
            } else if !isKnownUniquelyReferenced(&leaves[place]) {
                leaves[place] = leaves[place].map { Leaf($0.chunks) }
            }
            leaves[place]?.chunks[index % ChunkList.leafWidth] = newValue
        }
    }

    /// Calls `body` with each chunk there is, in order.
    func forEach(_ body: (Int, Chunk) -> Void) {
        for (place, leaf) in leaves.enumerated() {
            guard let leaf else { continue }
            for index in 0..<ChunkList.leafWidth {
                if let chunk = leaf.chunks[index] { body(place * ChunkList.leafWidth + index, chunk) }
            }
        }
    }

    /// Bytes of the list itself, without those of the chunks.
    var byteCount: Int {
        leaves.reduce(leaves.count * 8) { $0 + ($1 == nil ? 0 : ChunkList.leafWidth * 8 + 48) }
    }
}
