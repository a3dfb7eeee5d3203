public import Base
import Catalog
public import Engine
public import Inference
import Query
import Synchronization
import SystemPackage

/// Sieve's projects: videos that are pushed, tagged in the background, asked by their tags, and exported.
///
/// All that is to last is kept in the store: projects, pushes and exports as entities, tags as intervals of
/// videos. What was interrupted is taken up again by the next server.
public final class Sieve: Sendable {
    let store: Store
    let web: WebBytes
    let models: ModelRegistry
    /// Files that clients send.
    public let uploads: SieveUploads
    /// Signs the addresses of frames.
    let signer: AddressSigner
    /// A folder for each export.
    let exports: FilePath
    private let wakes: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    /// - Parameter web: fetches what is pushed by a URL.
    public init(store: Store, web: WebBytes, models: ModelRegistry) {
        self.store = store
        self.web = web
        self.models = models
        uploads = SieveUploads(folder: store.directory.appending("uploads"))
        signer = AddressSigner(
            keyFile: store.access == .readWrite ? store.directory.appending("signing.key") : nil)
        exports = store.directory.appending("exports")
        (wakes, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Works on what was pushed and what is to be exported, one after another and the oldest first, until the
    /// task is cancelled. What is under way then is taken up at the next start.
    /// - Parameter note: told of what failed.
    public func run(note: @escaping @Sendable (String, EngineError) -> Void) async {
        guard store.access == .readWrite else { return }
        uploads.removeUnfinished()
        bell.yield()
        for await _ in wakes {
            do {
                while !Task.isCancelled, try await workOnce(note) {}
            } catch {
                // What could not be noted either waits for the next push.
                if !Task.isCancelled { note("the store", EngineError(reporting: error)) }
            }
            if Task.isCancelled { break }
        }
    }

    /// Has the work looked for.
    func wake() { bell.yield() }

    // MARK: - Projects

    /// - Throws: ``EngineError/Code/forbidden`` where there is no such project, as Sieve says it.
    public func project(_ name: String) async throws -> SieveProject {
        guard let project = try await projects(named: name).first else {
            throw EngineError(
                .forbidden, "there is no project '\(name.prefix(100))' that you may see",
                path: "project_name")
        }
        return project
    }

    /// All projects, oldest first.
    public func projects() async throws -> [SieveProject] { try await projects(named: nil) }

    /// - Throws: ``EngineError/Code/invalidRequest`` for a name or a configuration that makes no sense, and
    ///   for a name that there is already.
    public func addProject(_ name: String, config: Document) async throws -> SieveProject {
        try SieveProject.check(name: name, "project_name")
        try SieveProject.check(config: config)
        let properties: Document = [
            "name": .string(name), "project_id": .string(Sieve.freshID()), "config": .object(config),
            "tags": [], "models": [],
        ]
        let id = try await insert(
            SieveProject.entityClass, properties, unique: "name",
            otherwise: EngineError(
                .invalidRequest, "there is a project '\(name)' already", path: "project_name"))
        guard let project = SieveProject(id, properties) else {
            throw EngineError(.failed, "the project \(name) cannot be read")
        }
        return project
    }

    /// Gives a project other tags or models, by what `change` makes of those that it has.
    public func change(
        _ name: String, _ change: @escaping @Sendable (inout SieveProject) throws -> Void
    ) async throws -> SieveProject {
        let id = try await project(name).id
        return try await store.change { transaction in
            guard let properties = try transaction.properties(of: id),
                var project = SieveProject(id, properties)
            else {
                throw EngineError(.forbidden, "the project '\(name)' was deleted", path: "project_name")
            }
            try change(&project)
            try transaction.update(
                id,
                set: [
                    "tags": .array(project.tags.map { .object($0) }),
                    "models": .array(project.models.map { .object($0) }),
                ])
            return project
        }
    }

    /// Deletes a project with its exports, and with the videos that it brought into the store where
    /// `withData`. Videos that another project has stay.
    public func deleteProject(_ name: String, withData: Bool, by who: String) async throws {
        let project = try await project(name)
        for video in try await videos(of: name) {
            try await delete(video, withData: withData, by: who)
        }
        for export in try await exports(of: name) {
            removeFolder(of: export)
            try await delete(export.id, by: who)
        }
        try await delete(project.id, by: who)
    }

    // MARK: - Pushing

    /// Has a video or an image fetched, stored and tagged in the background.
    /// - Parameters:
    ///   - url: its URL, or one of ``SieveUploads``.
    ///   - userMetadata: texts, which become properties of the video and tags of its frames.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a name that the project has already, or that makes
    ///   no sense.
    public func push(
        _ url: String, name: String, isImage: Bool, userMetadata: Document, to project: SieveProject
    ) async throws -> String {
        try SieveProject.check(name: name, "video_name")
        for (key, value) in userMetadata.members {
            guard value.stringValue != nil, (1...200).contains(key.utf8.count) else {
                throw EngineError(
                    .invalidRequest, "user_metadata must be an object of texts", path: "user_metadata")
            }
            guard !SieveFootage.ownFields.contains(key) else {
                throw EngineError(
                    .invalidRequest, "user_metadata: '\(key)' is a tag of every frame already",
                    path: "user_metadata")
            }
        }
        if !userMetadata.isEmpty { try store.checkGiven(userMetadata, labels: []) }
        let job = Sieve.freshID()
        let properties: Document = [
            "project": .string(project.name), "video_name": .string(name), "job_id": .string(job),
            "status": .string(SieveVideo.Status.queued.rawValue), "is_image": .boolean(isImage),
            "source_url": .string(url), "user_metadata": .object(userMetadata),
            "pushed_at": .dateTime(.now()),
            "key": .string(SieveVideo.key(project.name, name)),
        ]
        _ = try await insert(
            SieveVideo.entityClass, properties, unique: "key",
            otherwise: EngineError(
                .invalidRequest, "the project has a video '\(name)' already", path: "video_name"))
        wake()
        return job
    }

    /// The pushes of a project, oldest first.
    public func videos(of project: String) async throws -> [SieveVideo] {
        try await rows(SieveVideo.entityClass, "project", .string(project)).compactMap(SieveVideo.init)
    }

    /// - Throws: ``EngineError/Code/invalidRequest`` where there is none.
    public func video(_ name: String, of project: String) async throws -> SieveVideo {
        let key = Value.string(SieveVideo.key(project, name))
        guard
            let video = try await rows(SieveVideo.entityClass, "key", key).lazy
                .compactMap(SieveVideo.init).first
        else {
            throw EngineError(
                .invalidRequest, "the project has no video '\(name.prefix(100))'", path: "video_name")
        }
        return video
    }

    /// - Throws: ``EngineError/Code/invalidRequest`` where there is none.
    public func job(_ id: String, of project: String) async throws -> SieveVideo {
        guard
            let video = try await rows(SieveVideo.entityClass, "job_id", .string(id)).lazy
                .compactMap(SieveVideo.init).first(where: { $0.project.hasSameBytes(as: project) })
        else {
            throw EngineError(.invalidRequest, "the project has no job '\(id.prefix(100))'", path: "job_id")
        }
        return video
    }

    /// A push by its number alone.
    /// - Throws: ``EngineError/Code/notFound`` where there is none.
    public func job(_ id: String) async throws -> SieveVideo {
        guard
            let video = try await rows(SieveVideo.entityClass, "job_id", .string(id)).lazy
                .compactMap(SieveVideo.init).first
        else { throw EngineError(.notFound, "the video was deleted", path: "job") }
        return video
    }

    /// Forgets a push, and deletes the video that it brought into the store, unless another push has it.
    public func deleteVideo(_ name: String, of project: String, by who: String) async throws {
        try await delete(try await video(name, of: project), withData: true, by: who)
    }

    // MARK: - Kept in the store

    /// 128 bits of chance, written as a UUID of version 4.
    static func freshID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Hex.encode(bytes).utf8)
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return parts.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }

    /// Members of a class with a value of a property, oldest first.
    func rows(
        _ className: String, _ property: String, _ value: Value
    ) async throws -> [(EntityID, Document)] {
        try await rows(className, .field(FieldPath(property), .equal(value)))
    }

    private func rows(_ className: String, _ filter: Filter) async throws -> [(EntityID, Document)] {
        let ids: [EntityID]
        do {
            ids = try await store.ids(FindRequest(entityClass: className, filter: filter))
        } catch let error as EngineError where error.code == .notFound {
            // Nothing was kept of that class yet.
            return []
        }
        guard let first = ids.first else { return [] }
        return try await store.consult { snapshot in
            guard let known = snapshot.schema.entityClass(of: first) else { return [] }
            return try snapshot.entities(of: known, ids.map(\.local)).map { ($0.id, $0.properties) }
        }
    }

    private func projects(named name: String?) async throws -> [SieveProject] {
        let filter = name.map { Filter.field(FieldPath("name"), .equal(.string($0))) } ?? .all
        return try await rows(SieveProject.entityClass, filter).compactMap(SieveProject.init)
    }

    func insert(
        _ className: String, _ properties: Document, unique: String, otherwise error: EngineError
    ) async throws -> EntityID {
        try await store.change { transaction in
            if let value = properties[unique],
                try transaction.entity(of: className, where: unique, equals: value) != nil
            {
                throw error
            }
            let id = try transaction.insert(className, properties)
            if transaction.schema.entityClass(className)?[unique]?.isUnique != true {
                try transaction.declareUnique(unique, of: className)
            }
            return id
        }
    }

    func update(_ id: EntityID, _ properties: Document) async throws {
        try await store.change { transaction in
            // Deleted meanwhile: nobody wants to know any more.
            guard try transaction.exists(id) else { return }
            try transaction.update(id, set: properties)
        }
    }

    func delete(_ id: EntityID, by who: String) async throws {
        _ = try await store.change { transaction in try transaction.delete(id, by: who) }
    }

    private func delete(_ video: SieveVideo, withData: Bool, by who: String) async throws {
        if withData, video.broughtIt, let media = video.media {
            let others = try await rows(SieveVideo.entityClass, "media", .string(media.description))
            if others.allSatisfy({ $0.0 == video.id }) {
                do {
                    try await store.delete(media, class: video.mediaClass, by: who)
                } catch let error as EngineError where error.code == .gone || error.code == .notFound {
                    // Somebody has deleted it before, which is what is wanted.
                }
            }
        }
        uploads.remove(video.url)
        try await delete(video.id, by: who)
    }
}
