import Base
import Engine
import NIOHTTP1
import Query

/// A request as endpoints see it: its head taken apart, and the whole of its body.
struct Request: Sendable {
    var method: HTTPMethod
    var target: RequestTarget
    var headers: HTTPHeaders
    /// What the route's `{…}` stood for, percent-decoded.
    var parameters: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// The address that it came from.
    var origin = "local"
    /// What it came over: `http` or `https`.
    var scheme = "http"
    /// The body on its way to a file, for endpoints that take it so; ``body`` is empty then.
    var spool: BodySpool?
    /// What the key is good for by which it was let in; `nil` where it came without.
    var keyScope: APIKey.Scope?

    init(method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders) {
        self.method = method
        self.target = target
        self.headers = headers
    }

    /// The value of a header that may come once; `nil` where it is missing.
    func header(_ name: String) -> String? { headers.first(name: name) }

    /// Who sends it, as it says.
    var credentials: Credentials? {
        Credentials(header("authorization"), key: header("x-rapidapi-key") ?? header("x-api-key"))
    }

    /// A path parameter.
    func parameter(_ name: String) throws -> String {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            throw EngineError(.invalidRequest, "the path lacks '\(name)'", path: name)
        }
        return parameter.value
    }

    /// The path's entity id.
    func entityID() throws -> EntityID {
        let text = try parameter("id")
        guard let id = EntityID(text) else {
            throw EngineError(
                .invalidRequest, "'\(text)' is no _uniqueid: it must look like 1.0.42", path: "id")
        }
        return id
    }

    /// The query's items in order, percent-decoded, `+` as a space; an item without `=` has an empty value.
    func queryItems() throws -> [(name: String, value: String)] {
        guard let query = target.query else { return [] }
        return try query.split(separator: "&", omittingEmptySubsequences: true).map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decodeForm(parts[0]),
                let value = PercentEncoding.decodeForm(parts.count > 1 ? parts[1] : "")
            else {
                throw EngineError(
                    .invalidRequest, "the query string is not percent-encoded UTF-8: \(item.prefix(100))",
                    path: "query")
            }
            return (name, value)
        }
    }

    /// The body as a JSON object, or the query's items as one where there is no body.
    func object() throws -> RequestReader {
        guard !body.isEmpty else {
            return RequestReader(Document(try queryItems().map { ($0.name, .string($0.value)) }))
        }
        guard let object = try value().objectValue else {
            throw EngineError(.invalidRequest, "the body must be a JSON object")
        }
        return RequestReader(object, byteCount: body.count)
    }

    /// The body as JSON.
    func value() throws -> Value {
        do throws(JSONError) {
            // A filter may be as deep as the query language allows, and stands in an object of its own.
            let depth = 4 * FilterLimits().depth + 8
            return try JSON.parse(body, limits: JSON.Limits(byteCount: body.count, depth: depth))
        } catch {
            throw EngineError(.invalidRequest, "the body is no JSON: \(error)", cause: error)
        }
    }

    /// Whether the caller would rather have a line for each entity than one object.
    var wantsLines: Bool { header("accept")?.contains("application/x-ndjson") ?? false }

    /// Whether the caller asks for a table of Arrow.
    var wantsTable: Bool { header("accept")?.contains(TableAnswer.mediaType) ?? false }

    /// Whether nothing but a table of Arrow will do.
    var takesOnlyTable: Bool {
        guard wantsTable, let accepted = header("accept") else { return false }
        return accepted.split(separator: ",").allSatisfy { $0.contains(TableAnswer.mediaType) }
    }
}
