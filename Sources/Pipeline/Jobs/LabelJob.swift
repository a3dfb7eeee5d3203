import Base
import Catalog
import Engine
import Inference

/// A job of the kind `label`: what it needs to be done, and doing it.
struct LabelJob {
    private let job: StoredJob
    private let store: Store
    private let models: ModelRegistry

    init(_ job: StoredJob, _ store: Store, _ models: ModelRegistry) {
        self.job = job
        self.store = store
        self.models = models
    }

    /// Looks whether a request can be done, without doing it.
    /// - Throws: ``EngineError`` as ``run(_:_:emit:)`` would at its beginning.
    static func check(_ request: LabelJobRequest, _ store: Store, _ models: ModelRegistry) throws {
        _ = try store.labelTargets(LabelTargets([], class: request.entityClass, filter: request.filter))
        let isOfVideos = request.entityClass == Store.videoClass
        guard let id = request.model else {
            let chosen = try TaggerSelection(request.taggers, ofVideos: isOfVideos)
            if chosen.countsPeople { _ = try PeopleExaminer.modelID(among: models) }
            return
        }
        let entry = try LabelJob.reporting { () throws(InferenceError) in try models.entry(id) }
        if entry.description.task == .textEmbedding {
            throw EngineError(
                .invalidRequest, "the model \(id) gives vectors of texts: it cannot label pictures",
                path: "model")
        }
        if isOfVideos, entry.description.task == .embedding { throw FrameExamination.noVectors(id) }
    }

    /// Labels what is left of the request.
    /// - Parameter emit: takes JSON lines, and may block.
    /// - Throws: ``EngineError`` where it cannot go on.
    func run(
        _ request: LabelJobRequest, _ cancellation: Cancellation, emit: @escaping ([UInt8]) -> Void
    ) throws {
        // What a reverted run said is gone: all of it is said again, within a new one.
        let isReverted = try job.run.map { try store.isReverted(run: $0) } ?? false
        let run = isReverted ? nil : job.run
        let progress = isReverted ? LabelProgress() : LabelProgress(job.counts)
        let work = try work(request)
        var targets = try store.labelTargets(
            LabelTargets(
                work.sources, class: request.entityClass, filter: request.filter, again: request.again,
                retriesFailed: request.retriesFailed, run: run)
        ).ids
        if request.limit > 0 { targets = Array(targets.prefix(max(0, request.limit - progress.done))) }
        let commit = StatementCommit(
            kind: work.kind, source: work.source, parameters: job.request,
            descriptorSet: work.descriptorSet, replaces: request.again,
            keepsOlder: request.keepsOlder, run: run, job: job.id)
        let ended = try LabellingRun(
            targets, work, into: store, commit, progress, cancellation, emit: emit
        ).run()
        try LabelJob.settleRules(of: store, emit)
        let id = job.id
        // What a run without a picture to look at has not noted.
        try store.updateJob(id) { job in
            job.counts = ended.counts
            return true
        }
    }

    /// Applies the store's rules to what is known now. A rule that cannot be applied is told, and keeps
    /// nothing else from its end.
    static func settleRules(of store: Store, _ emit: ([UInt8]) -> Void) throws {
        let settlement = try store.settleRules()
        let lines =
            settlement.outcomes.map(\.document)
            + settlement.failures.map { ["rule": .string($0.rule), "reason": .string($0.reason)] }
        for line in lines { emit(Array(line.json.utf8) + [0x0A]) }
    }

    /// What is wrong with a model as an error of the engine.
    static func reporting<Result>(_ body: () throws(InferenceError) -> Result) throws -> Result {
        do throws(InferenceError) {
            return try body()
        } catch {
            let code: EngineError.Code =
                switch error.code {
                case .notFound, .runtimeMissing: .notFound
                case .conflict: .conflict
                case .limitExceeded: .limitExceeded
                case .hashMismatch: .corrupt
                case .invalidDescription, .invalidModel, .invalidOutput, .wrongTask: .invalidRequest
                case .fetchFailed, .fileFailed: .failed
                }
            throw EngineError(code, error.message, path: "model", cause: error)
        }
    }

    // MARK: - Private

    private func work(_ request: LabelJobRequest) throws -> LabelWork {
        let isOfVideos = request.entityClass == Store.videoClass
        var examiners: [any Examiner] = []
        var findsMotion = false
        if let id = request.model {
            examiners.append(try ModelExaminer(try load(id)))
        } else {
            let chosen = try TaggerSelection(request.taggers, ofVideos: isOfVideos)
            findsMotion = chosen.findsMotion
            if !chosen.measures.isEmpty {
                examiners.append(
                    try TaggerExaminer(names: chosen.measures, concurrency: store.options.computeThreads))
            }
            if chosen.countsPeople {
                examiners.append(
                    try PeopleExaminer(try load(try PeopleExaminer.modelID(among: models))))
            }
        }
        let examiner: (any Examiner)? = examiners.count > 1 ? ExaminerGroup(examiners) : examiners.first
        guard isOfVideos else {
            guard let examiner else {
                throw EngineError(.invalidRequest, "nothing is to look at the images", path: "taggers")
            }
            return LabelWork(examiner, of: store)
        }
        return try LabelWork(
            examiner, ofVideosOf: store, request.sampling ?? .usual, findsMotion: findsMotion)
    }

    private func load(_ id: String) throws -> Model {
        try LabelJob.reporting { () throws(InferenceError) in
            try models.load(id, options: ModelOptions(requestCount: 0))
        }
    }
}
