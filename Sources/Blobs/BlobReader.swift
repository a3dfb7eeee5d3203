import Base
import SystemPackage

/// Reads one blob of a ``BlobStore`` piece by piece; every piece is checked before it is handed out.
public struct BlobReader: BlobReading {
    enum Source: Sendable {
        case memory([UInt8])
        case large(LargeFileReader)
        /// A file that was read through and had the right digest when it had this status.
        case reference(OpenFile, OpenFile.Status)
    }

    private let blob: StoredBlob
    private let source: Source

    init(_ blob: StoredBlob, _ source: Source) {
        self.blob = blob
        self.source = source
    }

    public var length: Int { blob.location.length }

    /// The bytes of `range`, which must lie in `0..<length`.
    ///
    /// A referenced file was checked when the reader was made; here its times, length and identity must still
    /// be the same.
    /// - Throws: `corrupt`; `changed` for a referenced file that was written to since; `invalid` for a range
    ///   outside the blob; `io`.
    public func read(_ range: Range<Int>) throws(BlobError) -> [UInt8] {
        try blob.check(range)
        switch source {
        case .memory(let bytes): return Array(bytes[range])
        case .large(let reader): return try reader.read(range)
        case .reference(let file, let status):
            let bytes = try file.bytes(at: range.lowerBound, count: range.count)
            guard try file.status() == status, bytes.count == range.count else {
                throw BlobError(.changed, "\(file.path.string) was written to while it was read")
            }
            return bytes
        }
    }
}
