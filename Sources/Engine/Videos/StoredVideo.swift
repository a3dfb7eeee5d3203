import Base
import Blobs
import Media
import Synchronization

/// A video as it lies in the blob store, read a block at a time. Every byte is compared with its checksum
/// before it is handed on.
final class StoredVideo: VideoBytes {
    /// As long as the blocks that checksums are kept of, so that none is read twice for one piece.
    private static let blockLength = 1 << 20
    /// A container's pictures and its sound lie close together, its tables at an end of the file.
    private static let blockCount = 4

    let byteCount: Int
    private let reader: BlobReader
    /// The blocks read last, the newest last.
    private let blocks = Mutex<[(index: Int, bytes: [UInt8])]>([])

    init(_ reader: BlobReader) {
        self.reader = reader
        byteCount = reader.length
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < byteCount, !buffer.isEmpty else { return 0 }
        let index = offset / StoredVideo.blockLength
        let block = try block(index)
        let start = offset - index * StoredVideo.blockLength
        let count = min(buffer.count, block.count - start)
        block.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
        }
        return count
    }

    private func block(_ index: Int) throws -> [UInt8] {
        let known = blocks.withLock { blocks -> [UInt8]? in
            guard let place = blocks.firstIndex(where: { $0.index == index }) else { return nil }
            let block = blocks.remove(at: place)
            blocks.append(block)
            return block.bytes
        }
        if let known { return known }
        let start = index * StoredVideo.blockLength
        let bytes = try reader.read(start..<min(byteCount, start + StoredVideo.blockLength))
        blocks.withLock { blocks in
            if blocks.count >= StoredVideo.blockCount { blocks.removeFirst() }
            blocks.append((index, bytes))
        }
        return bytes
    }
}
