public import SystemPackage

/// Where bytes are that the store refers to and does not hold.
public enum BlobReference: Sendable, Hashable {
    /// An absolute path; it need not be UTF-8.
    case file(FilePath)
    /// A URL. Blobs neither fetches nor checks it.
    case url(String)

    /// The reference as bytes: a path, which begins with `/`, or a URL in UTF-8.
    public var bytes: [UInt8] {
        switch self {
        case .file(let path):
            path.withPlatformString { pointer in
                UnsafeRawBufferPointer(start: pointer, count: path.length).map { $0 }
            }
        case .url(let text): Array(text.utf8)
        }
    }

    /// Reads what ``bytes`` wrote.
    ///
    /// - Throws: `invalid` for an empty reference, a relative path, a NUL byte, or a URL that is not UTF-8 or
    ///   has no scheme.
    public init(bytes: [UInt8]) throws(BlobError) {
        guard !bytes.contains(0) else { throw BlobError(.invalid, "a reference holds a NUL byte") }
        if bytes.first == UInt8(ascii: "/") {
            let path = (bytes + [0]).withUnsafeBufferPointer { buffer in
                buffer.withMemoryRebound(to: CInterop.PlatformChar.self) {
                    // The buffer ends in the NUL appended above, so it has a base address.
                    FilePath(platformString: $0.baseAddress!)
                }
            }
            self = .file(path)
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self), text.contains("://") else {
            throw BlobError(
                .invalid, "neither an absolute path nor a URL: \(String(decoding: bytes, as: UTF8.self))")
        }
        self = .url(text)
    }
}

extension BlobReference: CustomStringConvertible {
    /// The path or URL for people; bytes that are not UTF-8 are replaced.
    public var description: String {
        switch self {
        case .file(let path): path.string
        case .url(let text): text
        }
    }
}
