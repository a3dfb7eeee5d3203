public import Base
public import Catalog
public import Engine
public import Inference
public import Query

/// Which videos are to go through which cascade: the request of a job of the kind `cascade`.
public struct CascadeJobRequest: JobRequest {
    /// The word for jobs of this kind.
    public static let kind = "cascade"
    /// Memory for videos under way unless told.
    public static let usualMemory = ByteCount.gibibytes(1)

    public var cascade: Cascade
    public var filter = Filter.all
    /// Videos at most; 0 for all.
    public var limit = 0
    /// Whether videos are gone through again that the cascade has gone through already.
    public var again = false
    /// Whether only those are taken that it could not go through before.
    public var retriesFailed = false
    /// Videos at the same time, at most; 0 for as many as there are processors.
    public var cores = 0
    /// What the videos under way may take together, by estimate; one is always under way.
    public var memory = CascadeJobRequest.usualMemory

    public init(_ cascade: Cascade) { self.cascade = cascade }

    private static let members = [
        "cascade", "recall", "filter", "limit", "again", "retry_failed", "cores", "memory",
    ]

    public var document: Document {
        var document: Document = [
            "cascade": .object(cascade.document), "filter": .object(filter.document),
        ]
        if limit > 0 { document["limit"] = .integer(Int64(limit)) }
        if again { document["again"] = true }
        if retriesFailed { document["retry_failed"] = true }
        if cores > 0 { document["cores"] = .integer(Int64(cores)) }
        if memory != CascadeJobRequest.usualMemory { document["memory"] = .integer(Int64(memory.bytes)) }
        return document
    }

    /// Reads what ``document`` wrote, or a client: there, `cascade` may be text, and `recall` takes the place
    /// of the cascade's `target_recall`.
    /// - Throws: ``EngineError/Code/invalidRequest`` naming the member that is wrong;
    ///   ``EngineError/Code/invalidFilter``.
    public init(document: Document) throws {
        func refusal(_ member: String, _ what: String) -> EngineError {
            EngineError(.invalidRequest, "'\(member)' must be \(what)", path: member)
        }
        func flag(_ member: String) throws -> Bool {
            guard let value = document[member] else { return false }
            guard let flag = value.booleanValue else { throw refusal(member, "true or false") }
            return flag
        }
        func count(_ member: String, atMost limit: Int) throws -> Int {
            guard let value = document[member] else { return 0 }
            guard let number = value.integerValue.flatMap({ Int(exactly: $0) }), (0...limit).contains(number)
            else { throw refusal(member, "a whole number in 0...\(limit)") }
            return number
        }
        if let unknown = document.keys.first(where: { !CascadeJobRequest.members.contains($0) }) {
            let name = String(unknown.prefix(100))
            throw EngineError(
                .invalidRequest,
                "'\(name)' is not known here; there are \(CascadeJobRequest.members.joined(separator: ", "))",
                path: name)
        }
        switch document["cascade"] {
        case .object(let object)?: cascade = try Cascade(document: object)
        case .string(let text)?: cascade = try Cascade(text: Array(text.utf8))
        default: throw refusal("cascade", "given, as an object or as text; docs/cascades.md shows one")
        }
        if let value = document["recall"] {
            guard let recall = value.floatValue, (0..<1).contains(recall) else {
                throw refusal("recall", "a number from 0 to below 1")
            }
            cascade.targetRecall = recall
        }
        try CascadeJobRequest.check(name: cascade.name)
        do throws(FilterError) {
            switch document["filter"] {
            case nil: break
            case .string(let text)?: filter = try Filter.parse(text)
            case .some(let value): filter = try Filter.parse(value)
            }
        } catch {
            throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
        }
        limit = try count("limit", atMost: Int(Int32.max))
        cores = try count("cores", atMost: 1_024)
        let bytes = try count("memory", atMost: 1 << 50)
        if bytes > 0 { memory = ByteCount(bytes) }
        again = try flag("again")
        retriesFailed = try flag("retry_failed")
        if again, retriesFailed {
            throw EngineError(
                .invalidRequest, "'again' takes all and 'retry_failed' a part: give one of them",
                path: "again")
        }
    }

    public func check(_ store: Store, _ models: ModelRegistry) throws {
        _ = try store.labelTargets(LabelTargets([], class: Store.videoClass, filter: filter))
        _ = try CascadeJob.descriptions(of: cascade, models)
    }

    public func work(
        on job: StoredJob, _ store: Store, _ models: ModelRegistry, _ cancellation: Cancellation,
        emit: @escaping ([UInt8]) -> Void
    ) throws {
        try CascadeJob(self, job, store, models, cancellation, emit).run()
    }

    /// A cascade's name becomes part of what its labels name as their source.
    private static func check(name: String) throws(EngineError) {
        let isName = name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "@" }
        guard name.utf8.count <= 64, isName else {
            throw EngineError(
                .invalidRequest, "a cascade's name has at most 64 bytes, no white space and no '@'",
                path: "cascade.name")
        }
    }
}
