/// Where a video's bytes are: a file, or a part of the blob store.
///
/// Videos are read where they lie, a piece at a time; none is ever in memory as a whole.
public protocol VideoBytes: Sendable {
    /// How many there are.
    var byteCount: Int { get }

    /// Fills `buffer` from `offset` on, as far as there are bytes.
    /// - Returns: how many were read; 0 at the end.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
