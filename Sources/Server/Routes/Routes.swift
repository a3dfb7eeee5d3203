import Base
import Engine
import Hummingbird

/// All that the server answers to.
enum Routes {
    /// The endpoints that `service` offers: those for the holder's socket only there.
    static func endpoints(isHolderSocket: Bool) -> [Endpoint] {
        let all =
            EntityRoutes.endpoints + PixelRoutes.endpoints + UploadRoutes.endpoints + SystemRoutes.endpoints
            + DeletionRoutes.endpoints
        return isHolderSocket ? all + HolderRoutes.endpoints + DeletionRoutes.holderEndpoints : all
    }

    /// - Parameter isGuarded: Refuse foreign `Host` and `Origin` headers, as an open loopback server must.
    static func router(for service: Exchange.Service, isGuarded: Bool) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: RequestLog(metrics: service.metrics, slow: .seconds(5)))
        if isGuarded { router.add(middleware: HostGuard()) }
        let endpoints = endpoints(isHolderSocket: service.isHolderSocket)
        for endpoint in endpoints {
            router.on(endpoint.routerPath, method: endpoint.method) { request, context in
                try await endpoint.handle(
                    Exchange(request: request, parameters: context.parameters, service: service))
            }
        }
        let openAPI = Array(OpenAPI.document(endpoints, version: FoveaVersion.text).json.utf8)
        router.get("/openapi.json") { _, _ in Response.json(openAPI) }
        router.get("/v1/**") { request, _ -> Response in
            throw EngineError(
                .notFound, "there is nothing at \(request.uri.path); /openapi.json lists what there is")
        }
        router.get("/") { request, _ in WebFiles.response(to: request) }
        router.get("/**") { request, _ in WebFiles.response(to: request) }
        return router
    }
}
