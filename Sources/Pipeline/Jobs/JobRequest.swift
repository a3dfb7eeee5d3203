public import Base
public import Catalog
public import Engine
public import Inference

/// What a job is asked to do: one type for each kind of job.
public protocol JobRequest: Sendable {
    /// The word for jobs of this kind.
    static var kind: String { get }
    /// The request as it is kept, and goes over the wire.
    var document: Document { get }

    /// Reads what ``document`` wrote, or a client.
    /// - Throws: `EngineError` naming the member that is wrong.
    init(document: Document) throws

    /// Looks whether it can be done at all, without doing it. Blocks.
    /// - Throws: `EngineError` as ``work(on:_:_:_:emit:)`` would at its beginning.
    func check(_ store: Store, _ models: ModelRegistry) throws

    /// Does what is left of it, or what can be done until it is cancelled. Blocks.
    /// - Parameter emit: takes JSON lines, and may block.
    /// - Throws: `EngineError` where it cannot go on.
    func work(
        on job: StoredJob, _ store: Store, _ models: ModelRegistry, _ cancellation: Cancellation,
        emit: @escaping ([UInt8]) -> Void
    ) throws
}

extension JobQueue {
    private static let kinds: [any JobRequest.Type] = [LabelJobRequest.self, CascadeJobRequest.self]

    /// What a job of any kind asks for.
    /// - Throws: `EngineError` for a kind that is not known; what reading it throws.
    static func request(of job: StoredJob) throws -> any JobRequest {
        guard let kind = kinds.first(where: { $0.kind == job.kind }) else {
            throw EngineError(
                .invalidRequest, "this version knows no jobs of the kind '\(job.kind)'", path: "kind")
        }
        return try kind.init(document: job.request)
    }
}

extension LabelJobRequest: JobRequest {
    public func check(_ store: Store, _ models: ModelRegistry) throws {
        try LabelJob.check(self, store, models)
    }

    public func work(
        on job: StoredJob, _ store: Store, _ models: ModelRegistry, _ cancellation: Cancellation,
        emit: @escaping ([UInt8]) -> Void
    ) throws {
        try LabelJob(job, store, models).run(self, cancellation, emit: emit)
    }
}
