import Base
import Catalog
import Engine
import Inference

/// Projects with a workflow: what was pushed goes through it as through a cascade.
extension Sieve {
    /// Has the layers of a project's workflow look at a video or an image, each at what the one before kept,
    /// unless that was done: what any of them finds becomes labels of frames, and of these intervals. Layers
    /// lack the models that are not here. Blocks, and computes.
    /// - Parameter known: what has looked at it already.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` where it cannot be gone through.
    static func runCascade(
        _ media: EntityID, _ video: SieveVideo, _ project: SieveProject, _ models: ModelRegistry,
        _ store: Store, known: [String], _ cancellation: Cancellation
    ) throws {
        guard var cascade = try project.cascade() else { return }
        var loaded: [String: Model] = [:]
        for stage in cascade.stages {
            for model in stage.models where loaded[model.name] == nil && model.name != Cascade.motion {
                loaded[model.name] = try load(
                    model.name, for: [.detection, .classification, .unsafeScore], models)
            }
        }
        for place in cascade.stages.indices {
            cascade.stages[place].models.removeAll { model in
                guard model.name != Cascade.motion else { return false }
                guard let here = loaded[model.name]?.description else { return true }
                // Another version is another model, and is not here.
                return model.version.map { !$0.hasSameBytes(as: here.version) } ?? false
            }
        }
        cascade.stages.removeAll { $0.models.isEmpty }
        let named = Set(cascade.stages.flatMap(\.models).map(\.name)).subtracting([Cascade.motion])
        // Motion alone is looked for in every video.
        guard !named.isEmpty else { return }
        loaded = loaded.filter { named.contains($0.key) }
        let source = CascadeJob.source(cascade, try CascadeJob.descriptions(of: cascade, models))
        guard !known.contains(source) else { return }
        let folder = store.folder(ofWork: "sieve-\(video.jobID)")
        let work = CascadeWork(
            store: store, cascade: cascade, models: loaded, source: source, folder: folder, saysAll: true)
        var commit = StatementCommit(
            kind: "model", source: source, parameters: ["cascade": .object(cascade.document)], replaces: true)
        var classes: Set<String> = []
        let statement: Statement
        if video.isImage {
            statement = work.statement(ofImage: media, cancellation)
        } else {
            switch work.go(through: media, cancellation, { _ in }) {
            case .done(let report, let index):
                statement = work.statement(of: media, report, index)
                classes = Set((report.recorded ?? [:]).values.joined().map(\.className))
            case .failed(let reason): statement = Statement(media, by: source, failure: reason)
            case .stopped: throw CancelledError()
            case .broken(let error): throw error
            }
        }
        try cancellation.check()
        let outcome = try store.commit([statement], &commit)[0]
        if case .labelled = outcome, !video.isImage {
            // What a layer says of a frame holds until the next one that it could look at, and no longer.
            try IntervalFinding(store).follow(
                media, classes.subtracting([Cascade.motion]), &commit, cancellation,
                rule: IntervalRule(longestGap: 0))
        }
        if let run = commit.run { try store.finish(run: run) }
        CascadeJournal.remove(folder)
        if case .failed(let reason) = outcome { throw EngineError(.unsupportedMedia, reason) }
    }

    /// A model that is here and does one of `tasks`; `nil` where there is none, or nothing runs models.
    static func load(
        _ id: String, for tasks: Set<ModelDescription.Task>, _ models: ModelRegistry
    ) throws -> Model? {
        guard let entry = models.entries().entries.first(where: { $0.description.id == id }),
            entry.isComplete, tasks.contains(entry.description.task)
        else { return nil }
        do {
            return try models.load(id, options: ModelOptions(requestCount: 0))
        } catch {
            // Without what runs models nobody looks, as without models.
            guard error.code == .runtimeMissing else { throw error }
            return nil
        }
    }
}
