import Base
import Engine
import Logging
import NIOHTTP1

/// What one listener answers: its endpoints, the web page, and what every request has in common.
struct Face: Sendable {
    let service: Exchange.Service
    private let router: Router
    private let sites: SiteGuard?
    /// Whether everything but what is open to anybody is for users.
    private let needsLogin: Bool
    /// What requests come over: `http` or `https`.
    var scheme = "http"
    /// Why nobody is answered; `nil` where all are.
    var refusal: String?
    private let description: InterfaceDescription
    private let logger: Logger
    /// Requests that take longer are logged.
    private let slow = Duration.seconds(5)

    /// - Parameters:
    ///   - sites: Refuses what other sites' pages ask; `nil` where no browser gets at the listener.
    ///   - more: Endpoints besides those of ``Routes``.
    ///   - needsLogin: Ask who it is, as a listener does that other machines reach.
    init(
        service: Exchange.Service, sites: SiteGuard?, needsLogin: Bool = false, logger: Logger,
        more: [Endpoint] = []
    ) {
        self.service = service
        self.sites = sites
        self.needsLogin = needsLogin
        self.logger = logger
        let endpoints = Routes.endpoints(of: service) + more
        router = Router(endpoints)
        description = InterfaceDescription(endpoints)
    }

    /// What becomes of a request once its head is there.
    enum Admission: Sendable {
        /// The answer is known, whatever the body.
        case answered(Response, route: String)
        /// The endpoint needs the body, of at most so many bytes, before it answers.
        case admitted(Request, Endpoint, bodyLimit: Int)
    }

    /// Takes a head as far as it goes without its body. Never waits.
    /// - Parameter origin: The address that the request came from.
    func admit(
        _ method: HTTPMethod, _ text: String, _ headers: HTTPHeaders, origin: @autoclosure () -> String
    ) -> Admission {
        do {
            var request = Request(
                method: method, target: try RequestTarget(text, method: method), headers: headers)
            request.origin = origin()
            request.scheme = scheme
            let path = request.target.path
            let isAPI = ["/v1", "/api", "/sieve"].contains { path == $0 || path.hasPrefix("\($0)/") }
            let match = path == "*" ? .nothing : try router.match(method, path)
            let isPage: Bool
            if case .nothing = match { isPage = !isAPI && path != "/openapi.json" } else { isPage = false }
            if let refusal = sites?.refusal(of: request, isPage: isPage) {
                return .answered(refusal, route: "refused")
            }
            if let refusal {
                return .answered(
                    .failure(EngineError(.forbidden, refusal)), route: "refused")
            }
            switch match {
            case .endpoint(let endpoint, let parameters):
                if needsLogin, endpoint.access != .anybody, request.credentials == nil {
                    return .answered(.noSession, route: endpoint.path)
                }
                if request.takesOnlyTable, !endpoint.answersTable {
                    return .answered(Face.noTable(endpoint.path), route: endpoint.path)
                }
                if endpoint.access.changesStore { try service.store.checkWritable() }
                request.parameters = parameters
                let limit = service.limits.byteCount(of: endpoint)
                // What is too long is refused for that, before anything else.
                if headers.first(name: "content-length").flatMap(Int.init) ?? 0 <= limit {
                    try endpoint.admits?(request, service)
                }
                return .admitted(request, endpoint, bodyLimit: limit)
            case .otherMethods(let allowed):
                return .answered(Face.answer(to: method, allowing: allowed), route: "method")
            case .nothing where path == "*":
                return .answered(Face.answer(to: method, allowing: [.GET, .HEAD, .POST]), route: "method")
            case .nothing where isAPI:
                throw EngineError(
                    .notFound,
                    "there is nothing at \(path.prefix(200)); /openapi.json lists what there is",
                    path: "target")
            case .nothing:
                guard [.GET, .HEAD].contains(method) else {
                    return .answered(Face.answer(to: method, allowing: [.GET, .HEAD]), route: "method")
                }
                if path == "/openapi.json" {
                    return .answered(.json(description.json), route: "/openapi.json")
                }
                return .answered(WebFiles.response(to: request), route: "page")
            }
        } catch {
            let error = EngineError(reporting: error)
            let isTarget = error.code == .limitExceeded && error.path == "target"
            return .answered(.failure(error, status: isTarget ? .uriTooLong : nil), route: "other")
        }
    }

    /// What needs no waiting; `nil` where ``answer(_:_:)`` must be asked.
    func answerAtOnce(_ request: Request, _ endpoint: Endpoint) -> Response? {
        if needsLogin, endpoint.access != .anybody { return nil }
        do {
            return try endpoint.atOnce?(request, service)
        } catch {
            return .failure(EngineError(reporting: error))
        }
    }

    /// Answers, whatever happens.
    func answer(_ request: Request, _ endpoint: Endpoint) async -> Response {
        do {
            var request = request
            var principal: Principal?
            if needsLogin, endpoint.access != .anybody {
                if let key = try await key(of: request, endpoint) {
                    request.keyScope = key.scope
                    return try await answer(request, endpoint, by: key)
                }
                principal = try await check(request, endpoint)
            }
            var exchange = Exchange(request: request, service: service)
            if let principal { exchange.principal = principal }
            return try await endpoint.handle(exchange)
        } catch {
            let error = EngineError(reporting: error)
            if error.status.code == 500 {
                logger.error(
                    "request failed",
                    metadata: ["path": "\(request.target.path)", "error": "\(error)"])
            }
            return .failure(error)
        }
    }

    /// Counts an answer, and logs one that took long.
    func note(
        route: String, method: HTTPMethod, status: Int, took: Duration, target: @autoclosure () -> String
    ) {
        service.metrics.record(
            route: route, method: Metrics.name(of: method), status: status, seconds: took / .seconds(1))
        guard took > slow else { return }
        logger.notice(
            "slow request",
            metadata: [
                "method": "\(method)", "target": "\(target())", "time": "\(took)", "status": "\(status)",
            ]
        )
    }

    /// - Returns: The key that the request came with; `nil` where it came with none.
    /// - Throws: ``EngineError/Code/unauthenticated`` for a key that there is not, or that is good for other
    ///   endpoints alone, which is noted; ``EngineError/Code/rateLimited``.
    private func key(of request: Request, _ endpoint: Endpoint) async throws -> APIKey? {
        guard case .key(let text)? = request.credentials else { return nil }
        let control = service.store.accessControl
        let key = try await control.apiKey(text)
        guard let use = endpoint.keyUse else {
            let error = EngineError(
                .unauthenticated,
                "a key is good for Cortex's and Sieve's paths alone: log in with a user's token or password")
            control.note(error, of: endpoint.operationID, by: key, from: request.origin)
            throw error
        }
        try service.quota.take("\(use.rawValue) \(key.prefix)", use.limits(of: key.scope))
        return key
    }

    /// Answers whoever has a key. What asks for more than its scope allows is noted.
    private func answer(
        _ request: Request, _ endpoint: Endpoint, by key: APIKey
    ) async throws -> Response {
        do {
            try endpoint.check(request)
        } catch let error as EngineError where error.code == .forbidden {
            service.store.accessControl.note(error, of: endpoint.operationID, by: key, from: request.origin)
            throw error
        }
        return try await endpoint.handle(Exchange(request: request, service: service))
    }

    /// - Returns: who asks.
    /// - Throws: ``EngineError/Code/unauthenticated`` where it is not known who asks,
    ///   ``EngineError/Code/forbidden``, which is noted, where they may not do that.
    private func check(_ request: Request, _ endpoint: Endpoint) async throws -> Principal {
        guard let credentials = request.credentials, let commands = service.commands else {
            throw EngineError(.unauthenticated, "log in first")
        }
        let principal = try await commands.principal(credentials, origin: request.origin)
        do throws(EngineError) {
            try endpoint.checkPermission(of: principal, for: request)
        } catch {
            service.store.accessControl.note(error, of: endpoint.operationID, by: principal)
            throw error
        }
        return principal
    }

    /// To somebody who accepts nothing but a table where there is none.
    private static func noTable(_ path: String) -> Response {
        .failure(
            EngineError(
                .invalidRequest,
                "\(path) does not answer as a table of Arrow; accept application/json, or ask /v1/entities/{class}/find or /api",
                path: "accept"), status: .notAcceptable)
    }

    /// To OPTIONS what there is; to another method that it is not there.
    private static func answer(to method: HTTPMethod, allowing methods: [HTTPMethod]) -> Response {
        let allowed = (methods + [.OPTIONS]).map(\.rawValue).joined(separator: ", ")
        guard method != .OPTIONS else { return Response(.noContent, headers: ["Allow": allowed]) }
        var response = Response.failure(
            EngineError(
                .invalidRequest, "\(method.rawValue.prefix(20)) is not possible here; \(allowed) are"),
            status: .methodNotAllowed)
        response.headers.add(name: "Allow", value: allowed)
        return response
    }
}
