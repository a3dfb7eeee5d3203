import Base
import Blobs
import Engine
import Media
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// What one file came to before its group is committed.
struct PreparedItem: Sendable {
    var path: String
    /// The image to commit; `nil` where there is none, and ``outcome`` and ``note`` say why.
    var image: PreparedImage?
    var outcome: IngestVerdict.Outcome = .failed
    var note: String?
    var byteCount = 0
    /// Why no further item can be stored either, such as a full disk: the run ends with it.
    var storeFailure: EngineError?
}

/// Reads a file and makes an image of it that is ready to be committed. Runs on compute threads.
struct ItemPreparation: Sendable {
    let store: Store
    let isReference: Bool

    func prepare(_ item: IngestItem) -> PreparedItem {
        let path = item.path.shown
        var prepared = PreparedItem(path: path)
        if let failure = item.failure {
            prepared.note = failure
            return prepared
        }
        let bytes: [UInt8]
        do {
            guard let contents = try contents(of: item.path, onlyIfImage: !item.isNamed) else {
                prepared.outcome = .skipped
                prepared.note = "no image"
                return prepared
            }
            bytes = contents
        } catch {
            prepared.note = (error as? Errno).map(IngestSource.reason) ?? "\(error)"
            return prepared
        }
        prepared.byteCount = bytes.count
        do {
            let image = try store.prepare(
                bytes, path: path, properties: item.properties, labels: item.labels,
                reference: isReference ? .file(item.path) : nil)
            prepared.image = image
            prepared.note = image.decodeError
        } catch let error as EngineError where error.isOfStore {
            prepared.storeFailure = error
        } catch {
            prepared.note = "\(error)"
        }
        return prepared
    }

    // MARK: - Private

    /// The whole file; `nil` where only images are wanted and neither its name nor its first bytes are one's.
    private func contents(of path: FilePath, onlyIfImage: Bool) throws -> [UInt8]? {
        let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        return try descriptor.closeAfter {
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            let size = Int(status.st_size)
            if onlyIfImage, !hasImageName(path), try !startsAsImage(descriptor) { return nil }
            guard size > 0 else { throw EngineError(.unsupportedMedia, "the file is empty") }
            guard size <= store.options.maxFileBytes.bytes else {
                throw EngineError(
                    .limitExceeded,
                    "the file has \(ByteCount(size)), the limit for an image is \(store.options.maxFileBytes)"
                )
            }
            var filled = 0
            var failure: Errno?
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                do throws(Errno) {
                    while filled < size {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                        let read = try ItemPreparation.read(descriptor, at: filled, into: rest)
                        if read == 0 { break }
                        filled += read
                    }
                } catch {
                    failure = error
                }
                count = filled
            }
            if let failure { throw failure }
            guard filled == size else {
                throw EngineError(.failed, "the file became shorter while it was read")
            }
            return bytes
        }
    }

    private func startsAsImage(_ descriptor: FileDescriptor) throws -> Bool {
        var start = [UInt8](repeating: 0, count: 64)
        let count = try start.withUnsafeMutableBytes { try ItemPreparation.read(descriptor, at: 0, into: $0) }
        return ImageFormat.sniff(Array(start[..<count])) != nil
    }

    private static func read(
        _ descriptor: FileDescriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Int {
        while true {
            let count = pread(descriptor.rawValue, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            let error = Errno(rawValue: errno)
            if error != .interrupted { throw error }
        }
    }

    private static let imageNames: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "dib", "tif", "tiff", "webp", "heic", "heif",
        "avif", "ppm",
        "pgm", "pbm", "pnm",
    ]

    private func hasImageName(_ path: FilePath) -> Bool {
        path.extension.map { ItemPreparation.imageNames.contains($0.lowercased()) } ?? false
    }
}
