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
    ///   ``EngineError/Code/failed`` where a file cannot be written, at once; what went wrong with frames,
    ///   once all others were written. What was written until then stays, and was told.
    public func exportFrames(
        _ request: FrameExportRequest, _ tell: @Sendable ([Document]) async throws -> Void
    ) async throws {
        let source = try await read { try $0.frameSource(request.id, class: request.entityClass) }
        let (index, numbers) = try await frameNumbers(request.span, of: source)
        if mkdir(request.folder.string, 0o777) != 0, errno != EEXIST {
            throw EngineError(.failed, "cannot make the folder \(request.folder): \(Errno(rawValue: errno))")
        }
        let threads = options.computeThreads
        let walk = FrameWalk(self, source.stored, index)
        var rest = numbers[...]
        var asked = rest.prefix(threads)
        var (frames, damaged) = try await decode(asked, walk)
        while !asked.isEmpty {
            rest = rest.dropFirst(asked.count)
            let size = frames.first.map { max(1, $0.raster.pixels.count) } ?? Store.exportedBytes
            let following = rest.prefix(min(64, max(threads, Store.exportedBytes / size)))
            async let next = decode(following, walk)
            let (written, failure) = await write(frames, request, of: source.video)
            try await tell(damaged + written)
            if let failure { throw failure }
            (frames, damaged) = try await next
            asked = following
        }
        try walk.check()
    }

    /// - Returns: the frames, and what is told of those that cannot be had.
    private func decode(
        _ numbers: ArraySlice<Int>, _ walk: FrameWalk
    ) async throws -> (frames: [DecodedFrame], damaged: [Document]) {
        if numbers.isEmpty { return ([], []) }
        return try await computePool.run { cancellation in
            var frames: [DecodedFrame] = []
            var damaged: [Document] = []
            try walk.decode(numbers, cancellation) { number, reader in
                if let reader {
                    frames.append(DecodedFrame(number: number, raster: try reader.raster()))
                } else {
                    damaged.append(["frame_number": .integer(Int64(number)), "damaged": true])
                }
            }
            return (frames, damaged)
        }
    }

    /// - Returns: what is told of the frames that were written, and why others were not.
    private func write(
        _ frames: [DecodedFrame], _ request: FrameExportRequest, of video: EntityID
    ) async -> (written: [Document], failure: (any Error)?) {
        let maxPixels = options.maxPixels
        let outcomes = await withTaskGroup(of: (Int, Result<Document, any Error>).self) { group in
            for (place, frame) in frames.enumerated() {
                group.addTask {
                    do {
                        let name = "\(video)-\(frame.number).\(request.ending)"
                        let byteCount = try await self.computePool.run { cancellation in
                            try translating {
                                let output = try request.pipeline.run(
                                    on: frame.raster, maxPixels: maxPixels, cancellation: cancellation)
                                try Store.write(output.bytes, to: request.folder.appending(name))
                                return output.bytes.count
                            }
                        }
                        return (
                            place,
                            .success([
                                "file": .string(name), "frame_number": .integer(Int64(frame.number)),
                                "bytes": .integer(Int64(byteCount)),
                            ])
                        )
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            var outcomes: [(place: Int, result: Result<Document, any Error>)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.place < $1.place }
        }
        var written: [Document] = []
        var failure: (any Error)?
        for (_, result) in outcomes {
            switch result {
            case .success(let document): written.append(document)
            case .failure(let error): failure = failure ?? error
            }
        }
        return (written, failure)
    }

    private static func write(_ bytes: [UInt8], to file: FilePath) throws {
        let temporary = FilePath(file.string + ".part")
        do {
            let descriptor = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            do {
                try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
                guard rename(temporary.string, file.string) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                // What cannot be removed stays: the failure before says more.
                _ = unlink(temporary.string)
                throw error
            }
        } catch let error as Errno {
            throw EngineError(.failed, "cannot write \(file): \(error)", cause: error)
        }
    }
}
