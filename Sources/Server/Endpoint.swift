import Base
import HTTPTypes
import Hummingbird

/// One route: what it answers to, what it says of itself in OpenAPI, and the code behind it.
///
/// The router and `/openapi.json` are both made from the same list of these, so that the description is true.
struct Endpoint: Sendable {
    /// Who may call it.
    enum Access: Sendable {
        /// Reads.
        case read
        /// Changes the store.
        case write
        /// Reads or writes files of this machine by path, or maintains the store: only over the holder's
        /// socket.
        case holder
    }

    var method: HTTPRequest.Method
    /// With path parameters in braces, as OpenAPI writes them: `/v1/entities/{class}/find`.
    var path: String
    var operationID: String
    var summary: String
    var access: Access = .read
    var parameters: [Parameter] = []
    /// The media types of the body and the schema of each.
    var body: [(contentType: String, schema: Document)] = []
    /// Success first.
    var responses: [Outcome]
    var handle: @Sendable (Exchange) async throws -> Response

    /// A parameter in the path or the query.
    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header }
        var name: String
        var place: Place
        var schema: Document
        var description: String
        var isRequired: Bool { place == .path }
    }

    /// A status with what comes with it.
    struct Outcome: Sendable {
        var status: Int
        var description: String
        var contentType: String?
        var schema: Document?

        init(_ status: Int, _ description: String, contentType: String? = nil, schema: Document? = nil) {
            self.status = status
            self.description = description
            self.contentType = contentType
            self.schema = schema
        }

        static func json(_ description: String, _ schema: Document) -> Outcome {
            Outcome(200, description, contentType: "application/json", schema: schema)
        }
    }

    /// The path as Hummingbird's router takes it, which knows braces as well.
    var routerPath: RouterPath { RouterPath(path) }
}
