import Base
import Engine
import NIOHTTP1

/// One route: what it answers to, what it says of itself in OpenAPI, and the code behind it.
///
/// The router and `/openapi.json` are both made from the same list of these, so that the description is true.
/// The code is in two parts: one that only reads the request, and one that asks the store.
struct Endpoint: Sendable {
    /// Who may call it.
    enum Access: Sendable {
        /// Whoever asks: it tells nothing of what is stored, or finds out itself who asks.
        case anybody
        /// Reads.
        case read
        /// Puts something in.
        case create
        /// Changes what is said of something.
        case update
        /// Takes something away.
        case delete
        /// Reads or writes files of this machine by path, or maintains the store: only over the holder's
        /// socket.
        case holder

        /// Whether the store must be open for writing.
        var changesStore: Bool { self == .create || self == .update || self == .delete }
    }

    var method: HTTPMethod
    /// With path parameters in braces, as OpenAPI writes them: `/v1/entities/{class}/find`.
    var path: String
    var operationID: String
    var summary: String
    var access: Access
    var parameters: [Parameter]
    /// The media types of the body and the schema of each; empty where there is none.
    var body: [(contentType: String, schema: Document)]
    /// Success first.
    var responses: [Outcome]
    /// Classes whose members are told of as well, wherever they are found.
    var alsoReads: [String] = []
    /// The class that it is about, where the path does not name one.
    var subject: String?
    /// What keys may do here, and how often; `nil` where they are not taken.
    var keyUse: KeyUse?
    /// Bytes of a body, where fewer than elsewhere.
    var bodyByteCount: Int?
    /// Bytes of a body that goes to a file; `nil` where it is held in memory.
    var spoolByteCount: Int?
    /// Looks at a head before its body is taken, quickly, as it is called on an event loop; `nil` for no more
    /// than what holds of all.
    var admits: (@Sendable (Request, Exchange.Service) throws -> Void)?
    /// Reads the request as far as that goes without a store, and throws what is wrong with it.
    let check: @Sendable (Request) throws -> Void
    /// Answers what takes no waiting: it is called on an event loop. `nil` where ``handle`` must.
    let atOnce: (@Sendable (Request, Exchange.Service) throws -> Response?)?
    let handle: @Sendable (Exchange) async throws -> Response

    /// - Parameters:
    ///   - errors: The statuses of errors that this endpoint gives besides those of all
    ///     (``Outcome/common(_:)``).
    ///   - read: What the endpoint must know of the request. Looks at nothing else.
    ///   - answer: Makes the answer of what was read.
    init<Input: Sendable>(
        _ method: HTTPMethod, _ path: String, operationID: String, summary: String, access: Access = .read,
        alsoReads: [String] = [], parameters: [Parameter] = [],
        body: [(contentType: String, schema: Document)] = [], responses: [Outcome], errors: [Int] = [],
        atOnce: (@Sendable (Request, Exchange.Service) throws -> Response?)? = nil,
        read: @escaping @Sendable (Request) throws -> Input,
        answer: @escaping @Sendable (Exchange, Input) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.operationID = operationID
        self.summary = summary
        self.access = access
        self.alsoReads = alsoReads
        self.parameters = parameters
        self.body = body
        let described = Set(responses.map(\.status))
        let writes = access.changesStore ? [507] : []
        self.responses =
            responses
            + Set(errors + writes + Outcome.everywhere).subtracting(described).sorted().map(Outcome.common)
        self.atOnce = atOnce
        check = { _ = try read($0) }
        handle = { exchange in
            let request = exchange.request
            // Megabytes are not parsed on a thread that all requests share.
            let isLong = request.body.count > Endpoint.longBody
            let input =
                isLong
                ? try await exchange.store.computePool.run { _ in try read(request) } : try read(request)
            return try await answer(exchange, input)
        }
    }

    /// An endpoint that asks nothing of the request.
    init(
        _ method: HTTPMethod, _ path: String, operationID: String, summary: String, access: Access = .read,
        responses: [Outcome], errors: [Int] = [],
        answer: @escaping @Sendable (Exchange) async throws -> Response
    ) {
        self.init(
            method, path, operationID: operationID, summary: summary, access: access, responses: responses,
            errors: errors, read: { _ in }, answer: { exchange, _ in try await answer(exchange) })
    }

    /// An endpoint whose answer needs no waiting.
    init(
        _ path: String, operationID: String, summary: String, access: Access = .read, responses: [Outcome],
        atOnce: @escaping @Sendable (Exchange.Service) -> Response
    ) {
        self.init(
            .GET, path, operationID: operationID, summary: summary, access: access, responses: responses,
            atOnce: { _, service in atOnce(service) }, read: { _ in },
            answer: { exchange, _ in atOnce(exchange.service) })
    }

    private static let longBody = 128 << 10

    /// Whether it can answer with a table of Arrow.
    var answersTable: Bool { responses.contains { $0.contentType == TableAnswer.mediaType } }

    /// Checks whether somebody may do this, with entities of the class that the path names; of all classes
    /// where it names none.
    /// - Throws: ``EngineError/Code/forbidden``.
    func checkPermission(of principal: Principal, for request: Request) throws(EngineError) {
        let actions: [Permissions.Action] =
            switch access {
            case .anybody: []
            case .read: [.read]
            case .create: [.create]
            case .update: [.update]
            case .delete: [.delete]
            case .holder: Permissions.Action.allCases
            }
        for action in actions {
            if let name = request.parameters.first(where: { $0.name == "class" })?.value ?? subject
                ?? entityClass
            {
                if action == .delete {
                    try principal.checkDeletion(ofClass: name)
                } else {
                    try principal.check(action, class: name)
                }
                // What a part of a video shows is the video's.
                if action == .read, Store.isPartOfVideo(class: name) {
                    try principal.check(.read, class: Store.videoClass)
                }
            } else {
                try principal.checkEverywhere(action)
            }
        }
        for name in alsoReads { try principal.check(.read, class: name) }
    }

    /// The class that the path itself names.
    private var entityClass: String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts[1] == "entities", !parts[2].hasPrefix("{") else { return nil }
        return String(parts[2])
    }

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
        /// Headers besides those that every answer has, with what they say.
        var headers: [(name: String, description: String)] = []
        /// Whether it is the same wherever it occurs (``common(_:)``).
        var isCommon = false

        init(
            _ status: Int, _ description: String, contentType: String? = nil, schema: Document? = nil,
            headers: [(name: String, description: String)] = []
        ) {
            self.status = status
            self.description = description
            self.contentType = contentType
            self.schema = schema
            self.headers = headers
        }

        static func json(_ description: String, _ schema: Document, status: Int = 200) -> Outcome {
            Outcome(status, description, contentType: "application/json", schema: schema)
        }

        /// Rows as a table.
        static func table(
            _ description: String, headers: [(name: String, description: String)] = []
        ) -> Outcome {
            Outcome(
                200, description, contentType: TableAnswer.mediaType,
                schema: ["type": "string", "format": "binary"], headers: headers)
        }

        /// What any request may be answered with, whatever it asks for.
        static let everywhere = [400, 401, 403, 406, 408, 413, 414, 417, 421, 429, 431, 500, 503, 505]

        /// An error, said as all endpoints say it.
        static func common(_ status: Int) -> Outcome {
            let description =
                switch status {
                case 400: "The request is wrong; `path` says where."
                case 401:
                    "Where users log in, a request needs `Authorization`: `Bearer` with the token of a session or of a user, or `Basic` with name and password. This one has none, or they are not good."
                case 403:
                    "The user may not do that, or it was asked for by another site's page (`forbidden`); or the store may not be written (`read_only`)."
                case 404: "There is no such class or entity."
                case 406: "Nothing but a table of Arrow will do, and there is none here."
                case 408: "The body came too slowly, or not at all."
                case 409: "It contradicts what the store holds."
                case 410: "It was deleted, or the file that it refers to is gone."
                case 413: "Larger or dearer than the limits allow."
                case 414: "The target is too long."
                case 415: "The bytes are no image that Fovea reads."
                case 417: "Something other than `100-continue` is expected."
                case 421: "The `Host` is not this server's."
                case 429:
                    "Too many logins have failed, or a key was used too often; `Retry-After` says when to try again."
                case 431: "The headers are too long, or too many."
                case 502: "Another server, which was asked for it, did not give it."
                case 504: "It took longer than it may."
                case 500: "Stored bytes are damaged, or something else failed."
                case 503: "Too much is waiting; `Retry-After` says when to try again."
                case 505: "The request is of another version than HTTP/1."
                case 507: "The disk is full. Nothing of the request was stored."
                default: "It failed."
                }
            var outcome = Outcome.json(description, Schemas.reference("Error"), status: status)
            if [429, 503].contains(status) { outcome.headers = [("Retry-After", "Seconds to wait.")] }
            if status == 401 { outcome.headers = [("WWW-Authenticate", "`Bearer` and `Basic`.")] }
            outcome.isCommon = true
            return outcome
        }
    }
}
