import Base
#if canImport(Glibc)
    import Glibc
#endif
public import Media
public import SystemPackage

/// A video that is to be added: in memory, or in a file that need not fit there.
public enum VideoSource: Sendable {
    case bytes([UInt8])
    /// A regular file, by its absolute path.
    case file(FilePath)

    /// Opens it for reading.
    /// - Throws: `Errno` where the file cannot be opened.
    public func open() throws -> any VideoBytes {
        switch self {
        case .bytes(let bytes): MemoryVideo(bytes: bytes)
        case .file(let path): try FileVideo(path)
        }
    }
}

/// A video in memory.
struct MemoryVideo: VideoBytes {
    let bytes: [UInt8]

    var byteCount: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < bytes.count else { return 0 }
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
        }
        return count
    }
}

/// A video in a file that is not the store's.
final class FileVideo: VideoBytes {
    let byteCount: Int
    private let descriptor: FileDescriptor

    init(_ path: FilePath) throws {
        descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            let error = Errno(rawValue: errno)
            Glibc.close(descriptor.rawValue)
            throw error
        }
        byteCount = Int(status.st_size)
    }

    deinit { Glibc.close(descriptor.rawValue) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(descriptor.rawValue, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            let error = Errno(rawValue: errno)
            if error != .interrupted { throw error }
        }
    }
}
