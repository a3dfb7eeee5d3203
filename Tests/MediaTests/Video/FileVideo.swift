import Foundation
import Media

/// A video in a file of a test.
struct FileVideo: VideoBytes {
    let bytes: Data
    var byteCount: Int { bytes.count }

    init(_ path: String) throws { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) }

    init(_ bytes: Data) { self.bytes = bytes }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, max(0, bytes.count - offset))
        if count > 0 { bytes.copyBytes(to: buffer, from: offset..<offset + count) }
        return count
    }
}
