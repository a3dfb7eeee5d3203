/// Where a written video goes: a file, or memory.
public protocol VideoSink: AnyObject {
    /// Writes all of `bytes` at `offset`, which may lie within what was written before, or at its end.
    ///
    /// - Throws: ``MediaError/Code/noSpace``, ``MediaError/Code/limitExceeded``,
    ///   ``MediaError/Code/notWritten``.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(MediaError)

    /// Fills `buffer` with what was written from `offset` on, as far as there is anything.
    /// - Returns: how many bytes were read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int

    /// How many bytes there are.
    var byteCount: Int { get }
}

/// A written video in memory.
public final class VideoBuffer: VideoSink {
    public private(set) var bytes: [UInt8] = []
    private let maxBytes: Int

    /// - Parameter maxBytes: The most that it may come to.
    public init(maxBytes: Int) { self.maxBytes = maxBytes }

    public var byteCount: Int { bytes.count }

    public func write(_ given: UnsafeRawBufferPointer, at offset: Int) throws(MediaError) {
        let (end, overflow) = offset.addingReportingOverflow(given.count)
        guard offset >= 0, !overflow, end <= maxBytes else {
            throw MediaError(.limitExceeded, "the video has more than \(maxBytes) bytes, which is the limit")
        }
        if end > bytes.count { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
        bytes.withUnsafeMutableBytes { $0[offset..<end].copyBytes(from: given) }
    }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard bytes.indices.contains(offset) else { return 0 }
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes { buffer.copyBytes(from: $0[offset..<offset + count]) }
        return count
    }
}
