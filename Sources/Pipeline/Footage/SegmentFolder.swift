#if canImport(Glibc)
    import Glibc
#endif
import Base
public import Engine
public import SystemPackage

/// A folder into which somebody writes videos, one after another, and which of them are finished: those that
/// have not changed between two looks, the last change being a while ago.
public struct SegmentFolder: Sendable {
    /// A file with a video.
    public struct Segment: Sendable, Hashable {
        public var path: FilePath
        public var byteCount: Int
        /// When it was changed last, in nanoseconds since 1970.
        public var modified: Int64
    }

    private static let endings: Set = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "m2ts", "mts", "mpg", "mpeg", "flv", "ogv", "wmv",
        "mxf",
    ]

    private let folder: FilePath
    private let settling: Duration
    private var seen: [FilePath: Segment] = [:]
    /// Those that were handed out, as they were then.
    private var told: [FilePath: Segment] = [:]

    /// - Parameters:
    ///   - folder: absolute.
    ///   - settling: how long ago the last change must be.
    public init(_ folder: FilePath, settling: Duration) {
        self.folder = folder
        self.settling = settling
    }

    /// Looks once.
    /// - Returns: what is finished and was not returned before as it is now, in the order of the names.
    /// - Throws: ``EngineError/Code/notFound`` where the folder cannot be read.
    public mutating func look() throws(EngineError) -> [Segment] {
        let names: [[UInt8]]
        do throws(Errno) {
            names = try FileTree.names(in: folder)
        } catch {
            throw EngineError(.notFound, "\(folder) cannot be read: \(error)", path: "folder")
        }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let latest = SegmentFolder.nanoseconds(now) - Int64(settling / .nanoseconds(1))
        var current: [FilePath: Segment] = [:]
        var finished: [Segment] = []
        for name in names {
            let path = FileTree.appending(name, to: folder)
            var status = stat()
            guard name.first != UInt8(ascii: "."),
                SegmentFolder.endings.contains(path.extension?.lowercased() ?? ""),
                stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0
            else { continue }
            let segment = Segment(
                path: path, byteCount: Int(status.st_size),
                modified: SegmentFolder.nanoseconds(status.st_mtim))
            current[path] = segment
            if seen[path] == segment, told[path] != segment, segment.modified <= latest {
                finished.append(segment)
            }
        }
        seen = current
        told = told.filter { current[$0.key] != nil }
        return finished.sorted { $0.path.string < $1.path.string }
    }

    /// Notes that a segment was dealt with.
    public mutating func done(_ segment: Segment) { told[segment.path] = segment }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
