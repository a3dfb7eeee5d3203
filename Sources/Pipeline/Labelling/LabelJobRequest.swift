public import Base
import Engine
public import Query

/// What is to label which pictures: the request of a job of the kind `label`.
public struct LabelJobRequest: Sendable {
    /// The word for jobs of this kind.
    public static let kind = "label"

    /// The model's id; `nil` for taggers.
    public var model: String?
    /// Taggers by name; none for a model.
    public var taggers: [String] = []
    public var entityClass = Store.imageClass
    /// Which frames of videos are looked at; `nil` for ``FrameSampling/usual``.
    public var sampling: FrameSampling?
    public var filter = Filter.all
    /// Pictures at most; 0 for all.
    public var limit = 0
    /// Whether pictures are looked at again that were looked at already.
    public var again = false
    /// Whether only those are looked at that could not be before.
    public var retriesFailed = false
    /// Whether labels of other versions of the source stay beside its own.
    public var keepsOlder = false

    public init() {}

    private static let members = [
        "model", "taggers", "class", "every", "fps", "filter", "limit", "again", "retry_failed", "keep_older",
    ]

    /// The request as it is kept, and goes over the wire.
    public var document: Document {
        var document: Document = ["class": .string(entityClass), "filter": .object(filter.document)]
        if let model { document["model"] = .string(model) }
        if !taggers.isEmpty { document["taggers"] = .array(taggers.map { .string($0) }) }
        if let member = sampling?.member { document[member.name] = member.value }
        if limit > 0 { document["limit"] = .integer(Int64(limit)) }
        if again { document["again"] = true }
        if retriesFailed { document["retry_failed"] = true }
        if keepsOlder { document["keep_older"] = true }
        return document
    }

    /// Reads what ``document`` wrote, or a client.
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
        if let unknown = document.keys.first(where: { !LabelJobRequest.members.contains($0) }) {
            let name = String(unknown.prefix(100))
            throw EngineError(
                .invalidRequest,
                "'\(name)' is not known here; there are \(LabelJobRequest.members.joined(separator: ", "))",
                path: name)
        }
        if let value = document["model"] {
            guard let text = value.stringValue, !text.isEmpty else { throw refusal("model", "a model's id") }
            model = text
        }
        if let value = document["taggers"] {
            guard let names = value.arrayValue?.map(\.stringValue), !names.contains(nil), !names.isEmpty
            else {
                throw refusal("taggers", "a list of at least one tagger's name")
            }
            taggers = names.compactMap { $0 }
        }
        guard (model == nil) != taggers.isEmpty else {
            throw EngineError(.invalidRequest, "either 'model' or 'taggers' must be given", path: "model")
        }
        if let value = document["class"] {
            guard let text = value.stringValue, !text.isEmpty else { throw refusal("class", "a class") }
            entityClass = text
        }
        sampling = try FrameSampling(document)
        if let sampling, entityClass != Store.videoClass {
            throw EngineError(
                .invalidRequest, "only videos have frames to choose from: the class is \(entityClass)",
                path: sampling.member.name)
        }
        do throws(FilterError) {
            switch document["filter"] {
            case nil: break
            case .string(let text)?: filter = try Filter.parse(text)
            case .some(let value): filter = try Filter.parse(value)
            }
        } catch {
            throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
        }
        if let value = document["limit"] {
            guard let count = value.integerValue.flatMap({ Int(exactly: $0) }), count >= 0 else {
                throw refusal("limit", "a whole number, 0 for all")
            }
            limit = count
        }
        again = try flag("again")
        retriesFailed = try flag("retry_failed")
        keepsOlder = try flag("keep_older")
        if again, retriesFailed {
            throw EngineError(
                .invalidRequest, "'again' takes all and 'retry_failed' a part: give one of them",
                path: "again")
        }
    }
}
