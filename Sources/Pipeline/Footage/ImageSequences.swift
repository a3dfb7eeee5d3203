public import Base
import Catalog
public import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Media
public import SystemPackage

/// Which folders of pictures are to become videos.
public struct ImageSequenceRequest: Sendable {
    /// Absolute. Each folder below it, or it itself, that holds JPEGs is a camera's.
    public var folder: FilePath
    /// Pictures a second, where their names are numbers, and of the last one.
    public var rate = 25.0
    /// A longer pause ends a video, in seconds; `nil` for none.
    public var longestGap: Double?
    /// Properties of all videos.
    public var properties = Document()

    public init(folder: FilePath) { self.folder = folder }
}

/// Makes videos of the pictures of cameras, `{camera}/{time}.jpg`: Motion JPEG with their bytes untouched,
/// each shown from its own time on.
///
/// The same pictures give the same video, so that doing it again changes nothing.
public struct ImageSequences: Sendable {
    private let request: ImageSequenceRequest
    private let store: Store

    private struct Picture: Sendable {
        var path: FilePath
        var time: Int64
    }

    public init(_ request: ImageSequenceRequest, into store: Store) {
        self.request = request
        self.store = store
    }

    /// Makes the videos, and hands over an object for each: `path`, `camera`, `verdict`, `_uniqueid`,
    /// `frames`, and `failed`, the pictures that are not in it, each with a `reason`.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such folder; ``EngineError`` where the store
    ///   cannot be written to; what `tell` throws.
    public func run(_ tell: @escaping @Sendable (Document) async throws -> Void) async throws {
        try store.checkWritable()
        let request = request
        let cameras = try await store.readPool.run { cancellation in
            try ImageSequences.cameras(request, cancellation)
        }
        guard !cameras.isEmpty else {
            throw EngineError(
                .notFound, "there are no JPEGs in \(request.folder) and the folders below it", path: "folder")
        }
        for (folder, pictures, failures) in cameras {
            var failures = failures
            for (place, some) in ImageSequences.parts(pictures, request.longestGap).enumerated() {
                var rest = some[...]
                var number = 0
                // A picture of another size begins another video.
                while !rest.isEmpty {
                    let part = rest
                    let name = "\(folder)#\(place)" + (number > 0 ? ".\(number)" : "")
                    let (verdict, count, failed) = try await make(part, of: folder, named: name, request)
                    rest = rest.dropFirst(count)
                    number += 1
                    var line = verdict
                    failures += failed
                    if !failures.isEmpty { line["failed"] = .array(failures) }
                    failures = []
                    try await tell(line)
                }
            }
            if !failures.isEmpty {
                try await tell([
                    "path": .string(folder.string), "verdict": "failed",
                    "reason": "no picture says when it was taken", "failed": .array(failures),
                ])
            }
        }
    }

    // MARK: - Private

    /// The folders with JPEGs, in order, with the pictures in the order of their times.
    private static func cameras(
        _ request: ImageSequenceRequest, _ cancellation: Cancellation
    ) throws -> [(FilePath, [Picture], [Value])] {
        var found: [(FilePath, [Picture], [Value])] = []
        var waiting = [(request.folder, 0)]
        while let (folder, depth) = waiting.popLast() {
            try cancellation.check()
            var (pictures, failures) = ([Picture](), [Value]())
            let names: [[UInt8]]
            do throws(Errno) {
                names = try FileTree.names(in: folder)
            } catch {
                if depth == 0 {
                    throw EngineError(.notFound, "\(folder) cannot be read: \(error)", path: "folder")
                }
                found.append((folder, [], [failure(folder, "\(error)")]))
                continue
            }
            for name in names {
                let path = FileTree.appending(name, to: folder)
                // What went away meanwhile is no picture.
                guard let kind = try? FileTree.kind(of: path) else { continue }
                if case .folder = kind, depth < 8 { waiting.append((path, depth + 1)) }
                guard case .file = kind, ["jpg", "jpeg"].contains(path.extension?.lowercased() ?? "") else {
                    continue
                }
                if let time = CameraTime.microseconds(path.stem ?? "", rate: request.rate) {
                    pictures.append(Picture(path: path, time: time))
                } else {
                    failures.append(failure(path, "its name says no time"))
                }
            }
            pictures.sort { ($0.time, $0.path.string) < ($1.time, $1.path.string) }
            if !pictures.isEmpty || !failures.isEmpty { found.append((folder, pictures, failures)) }
        }
        return found.sorted { $0.0.string < $1.0.string }
    }

    private static func parts(_ pictures: [Picture], _ gap: Double?) -> [[Picture]] {
        guard let gap else { return pictures.isEmpty ? [] : [pictures] }
        var parts: [[Picture]] = []
        for picture in pictures {
            if let last = parts.last?.last, Double(picture.time - last.time) / 1e6 <= gap {
                parts[parts.count - 1].append(picture)
            } else {
                parts.append([picture])
            }
        }
        return parts
    }

    private static func failure(_ path: FilePath, _ reason: String) -> Value {
        ["path": .string(path.string), "reason": .string(reason)]
    }

    /// Makes one video of as many pictures as are of one size.
    /// - Returns: what became of it, how many pictures were looked at, and those that are not in it.
    private func make(
        _ pictures: ArraySlice<Picture>, of folder: FilePath, named name: String,
        _ request: ImageSequenceRequest
    ) async throws -> (Document, Int, [Value]) {
        let store = store
        return try await store.computePool.run { cancellation in
            let temporary = try SieveUploads.temporaryFile(in: store)
            defer { unlink(temporary.string) }
            var (failed, count, shown) = ([Value](), 0, [Picture]())
            let sink = try ImageSequences.media { try VideoFile(temporary.string) }
            var sequence: JPEGSequence?
            for picture in pictures {
                try cancellation.check()
                do {
                    let bytes = try SieveUploads.bytes(of: picture.path)
                    let header = try ImageSequences.media { try ImageCodec.header(of: bytes) }
                    let size = PixelSize(width: header.storedWidth, height: header.storedHeight)
                    if let sequence, sequence.size != size { break }
                    let rate = ImageSequences.rate(of: pictures, request)
                    let writer = try ImageSequences.media {
                        try sequence ?? JPEGSequence(.mkv, of: size, rate: rate, to: sink)
                    }
                    sequence = writer
                    try ImageSequences.media { try writer.add(bytes, at: picture.time) }
                    shown.append(picture)
                } catch let error as EngineError where !error.isOfStore {
                    failed.append(ImageSequences.failure(picture.path, error.message))
                }
                count += 1
            }
            var line: Document = [
                "path": .string(name), "camera": .string(folder.lastComponent?.string ?? ""),
                "frames": .integer(Int64(shown.count)),
            ]
            guard let sequence, let first = shown.first else {
                line["verdict"] = "failed"
                line["reason"] = "no picture of it can be shown"
                return (line, max(count, 1), failed)
            }
            try ImageSequences.media {
                try sequence.finish()
                try sink.commit()
            }
            var properties = request.properties
            properties["camera"] = .string(folder.lastComponent?.string ?? "")
            if first.time > 1_000_000_000_000 {
                properties["captured_at"] = .dateTime(DateTime(microseconds: first.time))
            }
            let prepared = try store.prepareVideo(
                .file(temporary), path: name, properties: properties, labels: [], reference: nil,
                cancellation: cancellation)
            var run = ImportRun(parameters: ["sequence": .string(folder.string)])
            let outcome = try store.commit([prepared], run: &run)[0]
            try store.finish(run)
            switch outcome {
            case .success(let media):
                line["verdict"] = media.isNew ? "added" : "duplicate"
                line["_uniqueid"] = .string(media.id.description)
            case .failure(let error):
                line["verdict"] = "failed"
                line["reason"] = .string(error.message)
            }
            return (line, count, failed)
        }
    }

    /// Pictures a second, as a mean.
    private static func rate(of pictures: ArraySlice<Picture>, _ request: ImageSequenceRequest) -> Double {
        guard let first = pictures.first, let last = pictures.last, last.time > first.time else {
            return request.rate
        }
        let rate = Double(pictures.count - 1) / (Double(last.time - first.time) / 1e6)
        return min(max(rate, 0.001), 1_000)
    }

    private static func media<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as MediaError {
            let code: EngineError.Code =
                switch error.code {
                case .noSpace: .diskFull
                case .notWritten: .failed
                case .limitExceeded: .limitExceeded
                case .cancelled: .cancelled
                case .malformedInput, .unknownFormat, .unsupported, .invalidOperation: .unsupportedMedia
                }
            throw EngineError(code, error.message, cause: error)
        }
    }
}
