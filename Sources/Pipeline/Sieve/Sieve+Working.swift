import Base
import Catalog
import Engine
import Inference
import Media
import SystemPackage

/// What is done in the background: fetching, storing and tagging what was pushed.
extension Sieve {
    /// Threads of their own: whoever asks does not wait behind an hour of video.
    static let pool = BlockingPool(label: "fovea-sieve", threadCount: 2)
    /// Bytes of a file that is fetched from another server, at most.
    public static let fetchedBytes = SieveUploads.byteLimit
    /// Bytes of an image, which is in memory as a whole, at most.
    static let imageBytes = 256 << 20

    /// Does what has waited longest.
    /// - Returns: whether there was anything.
    func workOnce(_ note: @Sendable (String, EngineError) -> Void) async throws -> Bool {
        if let video = try await waitingVideo() {
            try await work(on: video, note)
            return true
        }
        if let export = try await waitingExport() {
            try await work(on: export, note)
            return true
        }
        return false
    }

    // MARK: - Private

    private func waitingVideo() async throws -> SieveVideo? {
        var waiting: [SieveVideo] = []
        for status in [SieveVideo.Status.processing, .queued] {
            waiting += try await rows(SieveVideo.entityClass, "status", .string(status.rawValue))
                .compactMap(SieveVideo.init)
        }
        return waiting.min { $0.id.local < $1.id.local }
    }

    private func waitingExport() async throws -> SieveExport? {
        var waiting: [SieveExport] = []
        for status in [SieveExport.Status.processing, .queued] {
            waiting += try await rows(SieveExport.entityClass, "status", .string(status.rawValue))
                .compactMap(SieveExport.init)
        }
        return waiting.min { $0.id.local < $1.id.local }
    }

    private func work(on video: SieveVideo, _ note: @Sendable (String, EngineError) -> Void) async throws {
        try await update(video.id, ["status": .string(SieveVideo.Status.processing.rawValue)])
        do {
            let media: EntityID
            if let known = video.media {
                media = known
            } else {
                let kept = try await keep(video)
                media = kept.id
                try await update(
                    video.id,
                    [
                        "media": .string(kept.id.description), "brought": .boolean(kept.isNew),
                        "size_bytes": .integer(Int64(kept.byteCount)),
                    ])
            }
            try await tag(media, video)
            uploads.remove(video.url)
            try await update(video.id, ["status": .string(SieveVideo.Status.finished.rawValue)])
        } catch {
            // Taken up again at the next start.
            if Task.isCancelled { throw error }
            let failure = EngineError(reporting: error)
            note("\(video.project)/\(video.name)", failure)
            try await update(
                video.id,
                [
                    "status": .string(SieveVideo.Status.failed.rawValue), "error": .string(failure.message),
                ])
        }
    }

    private struct Kept: Sendable {
        var id: EntityID
        var isNew: Bool
        var byteCount: Int
    }

    /// Stores what was pushed.
    private func keep(_ video: SieveVideo) async throws -> Kept {
        let sent = try uploads.file(at: video.url)
        let file = try sent ?? SieveUploads.temporaryFile(in: store)
        // What was fetched is in the store by then, or is fetched again.
        defer { if sent == nil { SieveUploads.remove(file) } }
        if sent == nil { _ = try await web.fetch(video.url, to: file, isImage: video.isImage) }
        let (store, url) = (store, sent == nil ? video.url : nil)
        return try await store.computePool.run { cancellation in
            let prepared: PreparedMedia
            let byteCount = try SieveUploads.byteCount(of: file)
            if video.isImage {
                guard byteCount <= Sieve.imageBytes else {
                    throw EngineError(
                        .limitExceeded, "the image has \(byteCount) bytes, the limit is \(Sieve.imageBytes)",
                        path: "image_url")
                }
                prepared = try store.prepare(
                    try SieveUploads.bytes(of: file), path: video.name, url: url,
                    properties: video.userMetadata, labels: [], reference: nil)
            } else {
                prepared = try store.prepareVideo(
                    .file(file), path: video.name, url: url, properties: video.userMetadata, labels: [],
                    reference: nil, cancellation: cancellation)
            }
            var run = ImportRun(parameters: ["project": .string(video.project)])
            let outcome = try store.commit([prepared], run: &run)[0]
            try store.finish(run)
            let committed = try outcome.get()
            return Kept(id: committed.id, isNew: committed.isNew, byteCount: byteCount)
        }
    }

    /// Says of its frames what they are like, and what models see on them, unless that was done.
    private func tag(_ media: EntityID, _ video: SieveVideo) async throws {
        let project = try await project(video.project)
        let (store, models) = (store, models)
        let known = try await store.examinations(of: media).filter { $0.error == nil }.map(\.source)
        try await Sieve.pool.run { cancellation in
            for examiner in try Sieve.examiners(project, models, store) {
                let statements: [Statement]
                if video.isImage {
                    guard !examiner.sources.allSatisfy(known.contains) else { continue }
                    statements = LabellingRun.statements(media, examiner, store)
                } else {
                    let isFirst = examiner.kind == "tagger"
                    let examination = try FrameExamination(
                        examiner, .rate(project.rate), findsMotion: isFirst, of: store)
                    guard !examination.sources.allSatisfy(known.contains) else { continue }
                    statements = examination.statements(of: media, cancellation)
                }
                try cancellation.check()
                var commit = StatementCommit(kind: examiner.kind, source: examiner.source)
                let outcomes = try store.commit(statements, &commit)
                if let run = commit.run { try store.finish(run: run) }
                for case .failed(let reason) in outcomes {
                    throw EngineError(.unsupportedMedia, reason)
                }
            }
            try Sieve.runCascade(media, video, project, models, store, known: known, cancellation)
        }
    }

    /// What looks at all frames of a project: taggers and people first, then models that are active, and
    /// those of its workflow that cannot be stages of a cascade, where they are here.
    private static func examiners(
        _ project: SieveProject, _ models: ModelRegistry, _ store: Store
    ) throws -> [any Examiner] {
        let names = TaggerSelection.usualOfVideos.filter { $0 != MotionFinding.tag }
        var group: [any Examiner] = [
            try TaggerExaminer(names: names, concurrency: store.options.computeThreads)
        ]
        let entries = models.entries().entries
        // Without such a model frames do not tell of people, as nobody has looked.
        if let id = PeopleExaminer.modelID(in: entries),
            let model = try load(id, for: [.detection], models)
        {
            group.append(try PeopleExaminer(model))
        }
        var examiners: [any Examiner] = [ExaminerGroup(group)]
        let stages = Set(try project.cascade()?.stages.flatMap(\.models).map(\.name) ?? [])
        let masks = try stages.sorted().compactMap { try load($0, for: [.segmentation], models) }
        let active = try project.activeModels.filter { !stages.contains($0) }.compactMap {
            try load($0, for: [.detection, .classification, .segmentation], models)
        }
        for model in masks + active { examiners.append(try ModelExaminer(model)) }
        return examiners
    }
}
