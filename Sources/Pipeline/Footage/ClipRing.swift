import Base
public import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Media
public import SystemPackage

/// Cuts a video file into clips that begin with keyframes, into a ring of files: the newest takes the place
/// of the oldest.
public struct ClipRing: Sendable {
    /// A clip that was written.
    public struct Clip: Sendable {
        public var path: FilePath
        public var frames: Range<Int>
        public var seconds: Double
        public var byteCount: Int
    }

    private let source: FilePath
    private let folder: FilePath
    private let seconds: Double
    private let count: Int

    /// - Parameters:
    ///   - source: a video file.
    ///   - folder: made where it is missing.
    ///   - seconds: how long a clip is at least, but for the last.
    ///   - count: files of the ring.
    public init(_ source: FilePath, into folder: FilePath, seconds: Double, count: Int) {
        self.source = source
        self.folder = folder
        self.seconds = seconds
        self.count = count
    }

    /// Whether something is a file, and no device.
    /// - Throws: ``EngineError/Code/notFound`` where nothing is there.
    public static func isFile(_ path: FilePath) throws(EngineError) -> Bool {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            throw EngineError(.notFound, "\(path) is not there: \(Errno(rawValue: errno))")
        }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// The source, opened, and the parts that it is cut into.
    public final class Cutting {
        public let parts: [Range<Int>]
        private let ring: ClipRing
        private let reader: VideoReader

        fileprivate init(_ ring: ClipRing) throws {
            self.ring = ring
            reader = try VideoReader(try VideoSource.file(ring.source).open())
            parts = ring.parts(of: try reader.index())
        }

        /// Writes a part; the file has its name only once it is whole.
        /// - Throws: ``EngineError/Code/unsupportedMedia`` for a video whose packets cannot be copied;
        ///   ``EngineError/Code/diskFull``, ``EngineError/Code/failed``.
        public func write(_ place: Int) throws -> Clip {
            try ClipRing.reporting(ring.source) {
                let path = ring.folder.appending("\(ring.source.stem ?? "clip")-\(place % ring.count).mkv")
                let sink = try VideoFile(path.string)
                let frames = parts[place]
                let written = try reader.render(
                    VideoRequest(
                        .frames(from: frames.lowerBound, to: frames.upperBound), output: .copied(.mkv)),
                    to: sink)
                try sink.commit()
                return Clip(
                    path: path, frames: written.frames, seconds: written.duration.seconds,
                    byteCount: written.byteCount)
            }
        }
    }

    /// Opens the source, and makes the folder.
    /// - Throws: ``EngineError/Code/gone`` where the source cannot be read;
    ///   ``EngineError/Code/unsupportedMedia`` for what is no video.
    public func open() throws -> Cutting {
        guard mkdir(folder.string, 0o777) == 0 || errno == EEXIST else {
            throw EngineError(.failed, "cannot make the folder \(folder): \(Errno(rawValue: errno))")
        }
        return try ClipRing.reporting(source) { try Cutting(self) }
    }

    private static func reporting<Result>(_ source: FilePath, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as MediaError {
            throw EngineError(
                error.code == .noSpace ? .diskFull : error.code == .notWritten ? .failed : .unsupportedMedia,
                error.message, cause: error)
        } catch let error as Errno {
            throw EngineError(.gone, "\(source) cannot be read: \(error)", cause: error)
        }
    }

    /// From keyframe to keyframe, each part long enough.
    private func parts(of index: FrameIndex) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = index.keyframes.first?.frame ?? 0
        for keyframe in index.keyframes.dropFirst()
        where index.seconds(of: keyframe.frame) - index.seconds(of: start) >= seconds - 1e-9 {
            parts.append(start..<keyframe.frame)
            start = keyframe.frame
        }
        if start < index.count { parts.append(start..<index.count) }
        return parts
    }
}
