public import Base
import Catalog
#if canImport(Glibc)
    import Glibc
#endif
public import Media
public import SystemPackage

/// Frames that are to be written to files.
public struct FrameExportRequest: Sendable {
    public var id: EntityID
    public var entityClass: String
    public var span = FrameSpan()
    /// What is done with each; its output decides what the files are.
    public var pipeline: ImagePipeline
    /// The folder, absolute; it is made where it is missing.
    public var folder: FilePath
    /// The ending of the files' names, without a dot.
    public var ending: String

    public init(
        _ id: EntityID, class entityClass: String, pipeline: ImagePipeline, folder: FilePath, ending: String
    ) {
        self.id = id
        self.entityClass = entityClass
        self.pipeline = pipeline
        self.folder = folder
        self.ending = ending
    }
}

extension Store {
    /// Pixels of frames that are in memory at a time, in bytes, beyond one frame for each thread.
    private static let exportedBytes = 64 << 20

    /// Writes frames to files named `{video}-{frame}`, with the numbers that they have in the video. While
    /// one thread decodes, others do what follows.
    ///
    /// Each file has its name only once it is whole; files of earlier runs are written anew.
    /// - Parameter tell: told of files that were written: `file`, `frame_number`, `bytes`; and of frames that
    ///   cannot be decoded: `frame_number`, `damaged`.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/unsupportedMedia``;
    ///   ``EngineError/Code/failed`` where a file cannot be written. What was written until then stays.
    public func exportFrames(
        _ request: FrameExportRequest, _ tell: @Sendable ([Document]) async throws -> Void
    ) async throws {
        let source = try await read { try $0.frameSource(request.id, class: request.entityClass) }
        let (_, numbers) = try await frameNumbers(request.span, of: source)
        if mkdir(request.folder.string, 0o777) != 0, errno != EEXIST {
            throw EngineError(.failed, "cannot make the folder \(request.folder): \(Errno(rawValue: errno))")
        }
        let threads = options.computeThreads
        var rest = numbers[...]
        var asked = rest.prefix(threads)
        var frames = try await decode(asked, of: source.stored)
        while !asked.isEmpty {
            rest = rest.dropFirst(asked.count)
            let size = frames.first.map { max(1, $0.raster.pixels.count) } ?? Store.exportedBytes
            let following = rest.prefix(min(64, max(threads, Store.exportedBytes / size)))
            async let next = decode(following, of: source.stored)
            let decoded = Set(frames.map(\.number))
            let damaged: [Document] = asked.filter { !decoded.contains($0) }.map {
                ["frame_number": .integer(Int64($0)), "damaged": true]
            }
            try await tell(damaged + (try await write(frames, request, of: source.video)))
            frames = try await next
            asked = following
        }
    }

    private func decode(_ numbers: ArraySlice<Int>, of stored: StoredBytes) async throws -> [DecodedFrame] {
        guard let first = numbers.first else { return [] }
        return try await computePool.run { cancellation in
            try self.withReader(of: stored, near: first, cancellation) { reader in
                try numbers.compactMap { number in
                    try cancellation.check()
                    // A bad one does not end the export: it is told of by its number.
                    guard try reader.frameUnlessDamaged(number) != nil else { return nil }
                    return DecodedFrame(number: number, raster: try reader.raster())
                }
            }
        }
    }

    private func write(
        _ frames: [DecodedFrame], _ request: FrameExportRequest, of video: EntityID
    ) async throws -> [Document] {
        let maxPixels = options.maxPixels
        return try await withThrowingTaskGroup(of: (Int, Document).self) { group in
            for (place, frame) in frames.enumerated() {
                group.addTask {
                    try await self.computePool.run { cancellation in
                        try translating {
                            let output = try request.pipeline.run(
                                on: frame.raster, maxPixels: maxPixels, cancellation: cancellation)
                            let name = "\(video)-\(frame.number).\(request.ending)"
                            try Store.write(output.bytes, to: request.folder.appending(name))
                            return (
                                place,
                                [
                                    "file": .string(name), "frame_number": .integer(Int64(frame.number)),
                                    "bytes": .integer(Int64(output.bytes.count)),
                                ]
                            )
                        }
                    }
                }
            }
            var documents = [Document](repeating: [:], count: frames.count)
            for try await (place, document) in group { documents[place] = document }
            return documents
        }
    }

    private static func write(_ bytes: [UInt8], to file: FilePath) throws {
        let temporary = FilePath(file.string + ".part")
        do {
            let descriptor = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            guard rename(temporary.string, file.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            throw EngineError(.failed, "cannot write \(file): \(error)", cause: error)
        }
    }
}
