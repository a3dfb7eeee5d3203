import Base
import Engine
import NIOHTTP1
import Pipeline

/// Sieve's paths: projects of videos, as its clients know them.
enum SieveRoutes {
    static let endpoints: [Endpoint] =
        SieveProjectRoutes.endpoints + SievePushRoutes.endpoints + SieveFrameRoutes.endpoints
        + SieveExportRoutes.endpoints + SieveFeedbackRoutes.endpoints + SieveUploadRoutes.endpoints

    static let keyParameter = Endpoint.Parameter(
        name: "X-API-Key", place: .header, schema: Schemas.text,
        description: "A key (`fvk_…`), where users log in and the request comes from none.")

    static let project = Endpoint.Parameter(
        name: "project_name", place: .query, schema: Schemas.word, description: "The project.")
    static let tag = Endpoint.Parameter(
        name: "{tag}", place: .query, schema: Schemas.text,
        description: "The value that a tag of the frames must have, as in `motion_detected=True`.")

    static func parameter(_ name: String, _ schema: Document, _ description: String) -> Endpoint.Parameter {
        .init(name: name, place: .query, schema: schema, description: description)
    }

    /// An endpoint whose errors are told as Sieve's are.
    /// - Parameters:
    ///   - body: the schema of its JSON; `nil` where the request is in the query string.
    ///   - answer: the schema of what it answers.
    static func endpoint(
        _ method: HTTPMethod, _ name: String, operationID: String, summary: String,
        access: Endpoint.Access = .read, parameters: [Endpoint.Parameter] = [], body: Document? = nil,
        answer: Document,
        _ handle: @escaping @Sendable (Exchange, SieveRequest) async throws -> Value
    ) -> Endpoint {
        var endpoint = Endpoint(
            method, "/sieve/v1/\(name)", operationID: operationID, summary: summary, access: access,
            parameters: parameters + [keyParameter], body: body.map { [("application/json", $0)] } ?? [],
            responses: [
                .json("Done.", answer),
                .json(
                    "The body is no JSON, or nothing but a table of Arrow will do.",
                    Schemas.reference("Error"), status: 406),
                .json(
                    "There is no such project, or the user may not do that.", Schemas.reference("Error"),
                    status: 403),
            ], errors: [404, 410, 502, 504],
            read: { request in
                try checkScope(request, access)
                return request
            },
            answer: { exchange, request in
                do {
                    let value = try await handle(exchange, try SieveRequest(request))
                    return .json(Array(value.json.utf8))
                } catch {
                    return try failure(error)
                }
            })
        endpoint.subject = Store.videoClass
        endpoint.keyUse = use(access)
        return endpoint
    }

    /// What is wrong, in Sieve's words beside ours.
    /// - Throws: what is no fault of the request.
    static func failure(_ error: any Error) throws -> Response {
        let failure = EngineError(reporting: error)
        guard failure.status.code < 500 || failure.status == .serviceUnavailable else { throw error }
        var status = failure.status
        if failure.path == SieveRequest.notJSON { status = .notAcceptable }
        // Sieve knows neither 404 nor 409 but for files.
        if failure.code == .conflict { status = .badRequest }
        var response = Response.failure(failure, status: status)
        var document = failure.object
        document["description"] = .string(failure.message)
        response.body = .bytes(Array(document.json.utf8))
        return response
    }

    /// - Throws: ``EngineError/Code/forbidden`` for a key that is not good for changes.
    static func checkScope(_ request: Request, _ access: Endpoint.Access) throws {
        guard request.keyScope == .free, access == .update || access == .delete else { return }
        throw EngineError(
            .forbidden, "this key is good for reading and pushing; changes need one of the scope 'paid'")
    }

    static func use(_ access: Endpoint.Access) -> KeyUse {
        switch access {
        case .create: .pushes
        case .update, .delete: .changes
        case .anybody, .read, .holder: .footage
        }
    }

    static func described(_ properties: Document, required: [String] = []) -> Document {
        var all: Document = ["description": .object(Schemas.text)]
        for (name, schema) in properties.members { all[name] = schema }
        return Schemas.object(all, required: ["description"] + required)
    }
}

/// A request of Sieve's: members of its JSON, or items of its query string.
struct SieveRequest: Sendable {
    /// What stands in the place of a path where the body is no JSON.
    static let notJSON = "body"

    let request: Request
    let object: Document
    /// Of a query string, in order.
    let items: [(name: String, value: String)]

    init(_ request: Request) throws {
        self.request = request
        if request.method == .GET || request.method == .DELETE || request.method == .HEAD {
            items = try request.queryItems()
            object = Document(items.map { ($0.name, .string($0.value)) })
        } else {
            items = []
            guard !request.body.isEmpty else {
                throw EngineError(
                    .invalidRequest, "the body must be a JSON object", path: SieveRequest.notJSON)
            }
            do {
                object = try request.object().object
            } catch let error as EngineError {
                throw EngineError(.invalidRequest, error.message, path: SieveRequest.notJSON, cause: error)
            }
        }
    }

    /// A text that must be there.
    func text(_ name: String) throws -> String {
        guard let text = object[name]?.stringValue, !text.isEmpty else {
            throw EngineError(.invalidRequest, "'\(name)' must be given, as text", path: name)
        }
        return text
    }

    /// A list that must be there, of at most 10,000 things.
    func list(_ name: String) throws -> [Value] {
        guard let list = object[name]?.arrayValue, (1...10_000).contains(list.count) else {
            throw EngineError(.invalidRequest, "'\(name)' must be a list of 1 to 10000", path: name)
        }
        return list
    }

    func flag(_ name: String) throws -> Bool {
        switch object[name] {
        case nil: return false
        case .boolean(let flag): return flag
        case .string(let text) where ["true", "false"].contains(text.lowercased()):
            return text.lowercased() == "true"
        default: throw EngineError(.invalidRequest, "'\(name)' must be true or false", path: name)
        }
    }

    /// A whole number from 0 on.
    func number(_ name: String, _ usual: Int) throws -> Int {
        guard let value = object[name] else { return usual }
        guard
            let number = value.integerValue.flatMap({ Int(exactly: $0) })
                ?? value.stringValue.flatMap(Int.init),
            number >= 0
        else {
            throw EngineError(.invalidRequest, "'\(name)' must be a whole number from 0 on", path: name)
        }
        return number
    }

    /// Which of many: `start_index` to `end_index`, the first page unless told.
    func page() throws -> Range<Int> {
        let start = try number("start_index", 0)
        let end = try number("end_index", start + SieveRequest.pageCount)
        guard start <= end, end - start <= SieveRequest.longestPage else {
            throw EngineError(
                .invalidRequest,
                "from 'start_index' to 'end_index' must be 0 to \(SieveRequest.longestPage) frames",
                path: "end_index")
        }
        return start..<end
    }

    static let pageCount = 5_000
    static let longestPage = 7_500

    /// Where the next page begins; −1 behind the last.
    static func next(_ page: Range<Int>, of count: Int) -> Value {
        page.upperBound < count ? .integer(Int64(page.upperBound)) : -1
    }

    /// Refuses members besides those.
    func refuseOthers(_ known: [String]) throws { try RequestReader(object).refuseUnknown(known) }

    /// The items of the query string that are none of those: tags and their values.
    func tags(besides known: [String]) throws -> [(name: String, value: String)] {
        items.filter { !known.contains($0.name) }
    }

    func project(_ sieve: Sieve) async throws -> SieveProject {
        try await sieve.project(try text("project_name"))
    }

    /// The address of one of our own paths.
    func address(_ path: String) -> String {
        "\(request.scheme)://\(request.target.authority ?? request.header("host") ?? "localhost")\(path)"
    }
}
