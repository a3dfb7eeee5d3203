import Base
import Catalog
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Media
public import SystemPackage

/// Exports: a folder with what is known of frames, as JSON, and an archive of the frames.
extension Sieve {
    /// What an export's files are called.
    public static let metadataName = "metadata.json"
    public static let archiveName = "frames.tar"
    private static let quality = 90

    /// Has the frames exported that have all of `tags` by then. An export of that name that has failed is
    /// made anew.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a name that makes no sense, or that another export
    ///   of the project has.
    public func export(
        _ name: String, of project: SieveProject, tags: [(name: String, value: String)]
    ) async throws -> SieveExport {
        try SieveProject.check(name: name, "export_name")
        for earlier in try await exports(of: project.name) where earlier.name.hasSameBytes(as: name) {
            guard earlier.status == .failed else {
                throw EngineError(
                    .invalidRequest, "the project has an export '\(name)' already", path: "export_name")
            }
            removeFolder(of: earlier)
            try await delete(earlier.id, by: "sieve")
        }
        let properties: Document = [
            "project": .string(project.name), "name": .string(name), "export_id": .string(Sieve.freshID()),
            "status": .string(SieveExport.Status.queued.rawValue),
            "filters": .object(Document(tags.map { ($0.name, .string($0.value)) })),
            "created_at": .dateTime(.now()), "key": .string(SieveVideo.key(project.name, name)),
        ]
        let id = try await insert(
            SieveExport.entityClass, properties, unique: "key",
            otherwise: EngineError(
                .invalidRequest, "the project has an export '\(name)' already", path: "export_name"))
        guard let export = SieveExport(id, properties) else {
            throw EngineError(.failed, "the export \(name) cannot be read")
        }
        wake()
        return export
    }

    /// The exports of a project, oldest first.
    public func exports(of project: String) async throws -> [SieveExport] {
        try await rows(SieveExport.entityClass, "project", .string(project)).compactMap(SieveExport.init)
    }

    /// A file of a complete export.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such export, or it is not complete.
    public func file(_ name: String, ofExport exportID: String) async throws -> FilePath {
        let export = try await rows(SieveExport.entityClass, "export_id", .string(exportID)).lazy
            .compactMap(SieveExport.init).first
        guard let export, export.status == .complete else {
            throw EngineError(
                .notFound,
                export == nil
                    ? "there is no such export"
                    : "the export '\(export?.name ?? "")' is \(export?.status.rawValue ?? "")", path: "export"
            )
        }
        return folder(of: export).appending(name)
    }

    func removeFolder(of export: SieveExport) {
        let folder = folder(of: export)
        for name in [Sieve.metadataName, Sieve.archiveName] {
            for ending in ["", ".part"] { unlink(folder.appending(name + ending).string) }
        }
        rmdir(folder.string)
    }

    func work(on export: SieveExport, _ note: @Sendable (String, EngineError) -> Void) async throws {
        try await update(export.id, ["status": .string(SieveExport.Status.processing.rawValue)])
        // What an interrupted attempt has left.
        removeFolder(of: export)
        do {
            let count = try await write(export)
            try await update(
                export.id,
                [
                    "status": .string(SieveExport.Status.complete.rawValue),
                    "num_samples": .integer(Int64(count)),
                ])
        } catch {
            removeFolder(of: export)
            if Task.isCancelled { throw error }
            let failure = EngineError(reporting: error)
            note("the export \(export.project)/\(export.name)", failure)
            try await update(
                export.id,
                [
                    "status": .string(SieveExport.Status.failed.rawValue), "error": .string(failure.message),
                ])
        }
    }

    // MARK: - Private

    private func folder(of export: SieveExport) -> FilePath { exports.appending(export.exportID) }

    /// Writes both files; each has its name only once it is whole and durable.
    /// - Returns: how many frames there are.
    private func write(_ export: SieveExport) async throws -> Int {
        let project = try await project(export.project)
        let tags = export.filters.members.map { (name: $0.key, value: $0.value.stringValue ?? "") }
        let matches = try await frames(of: project, tags: tags)
        let (folder, store) = (folder(of: export), store)
        let pipeline = try Store.pipeline(["encode=jpeg,quality=\(Sieve.quality)"])
        try await Sieve.pool.run { [exports] cancellation in
            for path in [exports, folder] where mkdir(path.string, 0o700) != 0 && errno != EEXIST {
                throw EngineError(reporting: Errno(rawValue: errno))
            }
            try Sieve.write(folder.appending(Sieve.metadataName)) { file in
                try Sieve.writeMetadata(matches, to: file, cancellation)
            }
            try Sieve.write(folder.appending(Sieve.archiveName)) { file in
                let tar = TarWriter(file, time: export.time.microseconds / 1_000_000)
                for (footage, frames) in matches.found {
                    try Sieve.write(footage, frames, pipeline, to: tar, store, cancellation)
                }
                try tar.finish()
            }
        }
        return matches.count
    }

    private static func writeMetadata(
        _ matches: SieveMatches, to file: FileDescriptor, _ cancellation: Cancellation
    ) throws {
        let count = matches.count
        var text = "{\"num_samples\":\(count),\"metadata\":["
        for start in stride(from: 0, to: count, by: 1_000) {
            try cancellation.check()
            let some = matches.documents(start..<min(start + 1_000, count)).map(\.json)
            text += (start > 0 ? "," : "") + some.joined(separator: ",")
            _ = try file.writeAll(text.utf8)
            text = ""
        }
        _ = try file.writeAll((text + "]}\n").utf8)
    }

    private static func write(
        _ footage: SieveFootage, _ frames: [Int], _ pipeline: ImagePipeline, to tar: TarWriter,
        _ store: Store, _ cancellation: Cancellation
    ) throws {
        guard let media = footage.video.media, !frames.isEmpty else { return }
        let maxPixels = store.options.maxPixels
        if footage.video.isImage {
            let output = try pipeline.run(
                on: try store.picture(of: media), maxPixels: maxPixels, cancellation: cancellation)
            return try tar.add(footage.storagePath(of: 0), output.bytes)
        }
        var span = FrameSpan()
        span.step = .numbers(frames)
        try store.visitFrames(of: media, class: footage.video.mediaClass, span, cancellation) { _, group in
            let encoded = ForkJoin.map(group.count) { place in
                Result {
                    try pipeline.run(
                        on: group[place].raster, maxPixels: maxPixels, cancellation: cancellation
                    ).bytes
                }
            }
            for (frame, bytes) in zip(group, encoded) {
                try tar.add(footage.storagePath(of: frame.number), try bytes.get())
            }
        }
    }

    private static func write(_ path: FilePath, _ body: (FileDescriptor) throws -> Void) throws {
        let temporary = FilePath(path.string + ".part")
        do {
            let descriptor = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite])
            try descriptor.closeAfter {
                try body(descriptor)
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            let isFull = error == .noSpace
            throw EngineError(
                isFull ? .diskFull : .failed,
                "cannot write \(path.lastComponent?.string ?? "the export"): \(error)",
                cause: error)
        }
    }
}
