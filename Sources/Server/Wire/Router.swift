import Engine
import NIOHTTP1

/// Finds the endpoint of a request by its method and path.
///
/// A literal segment goes before a parameter: `/v1/entities/Image/find` is the search, not the entity `find`.
struct Router: Sendable {
    /// What a method and a path come to.
    enum Match {
        case endpoint(Endpoint, parameters: [(name: String, value: String)])
        /// The path is known, but not with this method.
        case otherMethods([HTTPMethod])
        case nothing
    }

    private enum Segment: Hashable {
        case literal(String)
        case parameter(String)
    }

    private struct Route {
        var segments: [Segment]
        var endpoints: [Endpoint]

        /// Methods besides OPTIONS, HEAD where there is GET.
        var methods: [HTTPMethod] {
            endpoints.flatMap { $0.method == .GET ? [.GET, .HEAD] : [$0.method] }
        }
    }

    /// Those of n segments at place n, the most literal first.
    private var routes: [[Route]] = []

    init(_ endpoints: [Endpoint]) {
        for endpoint in endpoints {
            let segments = endpoint.path.split(separator: "/").map { text -> Segment in
                text.hasPrefix("{") ? .parameter(String(text.dropFirst().dropLast())) : .literal(String(text))
            }
            while routes.count <= segments.count { routes.append([]) }
            if let place = routes[segments.count].firstIndex(where: { $0.segments == segments }) {
                routes[segments.count][place].endpoints.append(endpoint)
            } else {
                routes[segments.count].append(Route(segments: segments, endpoints: [endpoint]))
            }
        }
        for count in routes.indices {
            routes[count].sort { Router.rank($0) < Router.rank($1) }
        }
    }

    /// - Parameter path: Percent-encoded. Slashes at its end, and doubled ones, count for nothing.
    /// - Throws: ``EngineError/Code/invalidRequest`` where the encoding is wrong.
    func match(_ method: HTTPMethod, _ path: String) throws -> Match {
        var segments: [String] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: true) {
            guard let decoded = PercentEncoding.decode(segment) else {
                throw EngineError(
                    .invalidRequest, "the path is not percent-encoded UTF-8: \(segment.prefix(100))",
                    path: "target")
            }
            segments.append(decoded)
        }
        guard segments.count < routes.count else { return .nothing }
        for route in routes[segments.count] {
            guard let parameters = Router.parameters(of: route, segments) else { continue }
            let sought = method == .HEAD ? .GET : method
            guard let endpoint = route.endpoints.first(where: { $0.method == sought }) else {
                return .otherMethods(route.methods)
            }
            return .endpoint(endpoint, parameters: parameters)
        }
        return .nothing
    }

    // MARK: - Private

    private static func parameters(of route: Route, _ segments: [String]) -> [(name: String, value: String)]?
    {
        var parameters: [(name: String, value: String)] = []
        for (pattern, segment) in zip(route.segments, segments) {
            switch pattern {
            case .literal(let text): guard text == segment else { return nil }
            case .parameter(let name): parameters.append((name, segment))
            }
        }
        return parameters
    }

    /// Literals as 0, parameters as 1, the first segment counting most.
    private static func rank(_ route: Route) -> Int {
        route.segments.reduce(0) { rank, segment in
            if case .parameter = segment { rank * 2 + 1 } else { rank * 2 }
        }
    }
}
