import Base
import Blobs
import Query

/// Reads, checks and stores what the commands of a query put in, before its transaction begins.
struct CommandStaging: Sendable {
    private let store: Store
    private let query: CommandQuery
    private let principal: Principal
    private let web: (any WebReading)?

    /// - Parameter web: reads what commands name by a `url`; `nil` refuses them.
    init(store: Store, _ query: CommandQuery, _ principal: Principal, _ web: (any WebReading)?) {
        self.store = store
        self.query = query
        self.principal = principal
        self.web = web
    }

    /// What each command puts in, by its place; several at a time are prepared.
    ///
    /// The caller ends the holds.
    /// - Parameter blobs: what came with the query, by the place of the command that takes it.
    /// - Throws: ``CommandFailure``; nothing is held then.
    func stage(_ blobs: [Int: [UInt8]]) async throws -> [Int: StagedContent] {
        var work: [(command: Command, media: NewMedia, kind: CommandSubject)] = []
        for command in query.commands {
            guard case .add(let add) = command.action else { continue }
            switch add.content {
            case .image(let media): work.append((command, media, .image))
            case .video(let media): work.append((command, media, .video))
            case .blob(let media): work.append((command, media, .blob))
            case .entity(_, true): work.append((command, NewMedia(.blob), .blob))
            default: break
            }
        }
        if work.isEmpty { return [:] }
        var staged: [Int: StagedContent] = [:]
        do {
            try await withThrowingTaskGroup(of: (Int, StagedContent).self) { group in
                var next = work.makeIterator()
                func start() {
                    guard let item = next.next() else { return }
                    let (command, media, kind) = item
                    let given = blobs[command.index]
                    group.addTask {
                        do {
                            return (command.index, try await stage(media, given, kind))
                        } catch {
                            throw CommandFailure(command, EngineError(reporting: error))
                        }
                    }
                }
                for _ in 0..<store.options.computeThreads * 2 { start() }
                for try await (index, content) in group {
                    staged[index] = content
                    start()
                }
            }
        } catch {
            for content in staged.values { content.hold?.end() }
            throw error
        }
        return staged
    }

    // MARK: - Private

    private func stage(
        _ media: NewMedia, _ given: [UInt8]?, _ kind: CommandSubject
    ) async throws -> StagedContent {
        let store = store
        let bytes = try await bytes(of: media.source, given, kind)
        return try await store.computePool.run { cancellation in
            switch kind {
            case .image: try store.stageImage(bytes, media, cancellation: cancellation)
            case .video: try store.stageVideo(bytes, media, cancellation: cancellation)
            default: try store.stageBytes(bytes)
            }
        }
    }

    private func bytes(
        of source: NewMedia.Source, _ given: [UInt8]?, _ kind: CommandSubject
    ) async throws -> [UInt8] {
        switch source {
        case .blob:
            guard let given else { throw EngineError(.invalidRequest, "a blob is missing") }
            return given
        case .serverFile(let path):
            let files = try serverFiles()
            return try await store.readPool.run { _ in try files.bytes(of: path) }
        case .url(let url):
            // Nobody has this server ask others for what they may not put in.
            let name = WireNames.systemClass(kind) ?? "Blob"
            try principal.check(.create, class: WireNames(dialect: query.dialect).wireClass(name))
            if let scheme = ["s3", "gs"].first(where: { url.hasPrefix($0 + "://") }) {
                throw EngineError(
                    .invalidRequest,
                    "'\(url.prefix(100))': this version has no access to buckets; give an https:// address of the object, such as a signed one, instead of \(scheme)://"
                )
            }
            guard let web else {
                throw EngineError(
                    .invalidRequest, "'\(url.prefix(100))': nothing is fetched from addresses here")
            }
            return try await web.bytes(at: url, isImage: kind == .image)
        }
    }

    private func serverFiles() throws -> ServerFiles {
        guard let files = store.options.serverFiles else {
            throw EngineError(
                .invalidRequest,
                "files of the server are not read: it was started without --server-files, which names the folder that they may lie in"
            )
        }
        return ServerFiles(folder: files)
    }
}
