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
    /// The image or video to commit; `nil` where there is none, and ``outcome`` and ``note`` say why.
    var image: PreparedMedia?
    var outcome: IngestVerdict.Outcome = .failed
    var note: String?
    var byteCount = 0
    /// Why no further item can be stored either, such as a full disk: the run ends with it.
    var storeFailure: EngineError?
}

/// Reads a file and makes an image or a video of it that is ready to be committed. Runs on compute threads.
struct ItemPreparation: Sendable {
    let store: Store
    let isReference: Bool
    let cancellation: Cancellation

    func prepare(_ item: IngestItem) -> PreparedItem {
        var prepared = PreparedItem(path: item.path.shown)
        if let failure = item.failure {
            prepared.note = failure
            return prepared
        }
        do {
            try prepare(item, into: &prepared)
        } catch let error as EngineError where error.isOfStore {
            prepared.storeFailure = error
        } catch let error as EngineError where !item.isNamed && ItemPreparation.isOther(error, item.path) {
            prepared.outcome = .skipped
            prepared.note = ItemPreparation.other
        } catch {
            prepared.note = (error as? Errno).map(IngestSource.reason) ?? "\(error)"
        }
        return prepared
    }

    // MARK: - Private

    private func prepare(_ item: IngestItem, into prepared: inout PreparedItem) throws {
        let descriptor = try FileDescriptor.open(
            item.path, .readOnly, options: [.closeOnExec, .nonBlocking])
        try descriptor.closeAfter {
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            let size = Int(status.st_size)
            let head = try head(of: descriptor)
            let isImage = ImageFormat.sniff(head) != nil
            let isVideo =
                !isImage && (VideoFormat.sniff(head) != nil || isNamed(item.path, VideoFormat.fileNames))
            if !item.isNamed, !isImage, !isVideo, !isNamed(item.path, ItemPreparation.imageNames) {
                prepared.outcome = .skipped
                prepared.note = ItemPreparation.other
                return
            }
            guard size > 0 else { throw EngineError(.unsupportedMedia, "the file is empty") }
            let reference: BlobReference? = isReference ? .file(item.path) : nil
            let media: PreparedMedia
            if isVideo {
                media = try store.prepareVideo(
                    .file(item.path), path: prepared.path, properties: item.properties, labels: item.labels,
                    reference: reference, cancellation: cancellation)
                prepared.byteCount = size
            } else {
                let bytes = try contents(of: descriptor, size)
                prepared.byteCount = bytes.count
                media = try store.prepare(
                    bytes, path: prepared.path, properties: item.properties, labels: item.labels,
                    reference: reference)
            }
            prepared.image = media
            prepared.note = media.decodeError
        }
    }

    /// The whole file.
    private func contents(of descriptor: FileDescriptor, _ size: Int) throws -> [UInt8] {
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

    private func head(of descriptor: FileDescriptor) throws -> [UInt8] {
        var start = [UInt8](repeating: 0, count: VideoFormat.sniffedByteCount)
        let count = try start.withUnsafeMutableBytes { try ItemPreparation.read(descriptor, at: 0, into: $0) }
        return Array(start[..<count])
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

    private func isNamed(_ path: FilePath, _ endings: Set<String>) -> Bool {
        path.extension.map { endings.contains($0.lowercased()) } ?? false
    }

    /// What is said of a file that nothing was expected of.
    private static let other = "no image or video"

    /// Whether a file only begins as a video does, as sound in a video's container.
    private static func isOther(_ error: EngineError, _ path: FilePath) -> Bool {
        (error.cause as? MediaError)?.code == .unknownFormat
            && path.extension.map { ending in
                !imageNames.union(VideoFormat.fileNames).contains(ending.lowercased())
            } ?? true
    }
}
