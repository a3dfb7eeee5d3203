import Base
import Engine
import HTTPTypes
import Hummingbird
import Logging

/// Counts and times every request, turns what was thrown into an answer, and logs what is slow or broken.
struct RequestLog<Context: RequestContext>: RouterMiddleware {
    let metrics: Metrics
    /// Requests that take longer are logged with their query.
    let slow: Duration

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as EngineError {
            response = .failure(error)
        } catch let error as HTTPError {
            let code: EngineError.Code = error.status == .notFound ? .notFound : .invalidRequest
            response = .failure(
                EngineError(code, error.body ?? "there is nothing at \(request.method) \(request.uri.path)"))
            response.status = error.status
        } catch is CancellationError {
            response = .failure(EngineError(.cancelled, "cancelled"))
        } catch let error as BlockingPool.Overloaded {
            response = .failure(EngineError(.overloaded, error.description))
        } catch {
            context.logger.error(
                "request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            response = .failure(EngineError(.failed, "\(error)"))
        }
        let elapsed = ContinuousClock.now - start
        let route = context.endpointPath ?? "other"
        metrics.record(
            route: route, method: request.method.rawValue, status: response.status.code,
            seconds: elapsed / .seconds(1))
        if elapsed > slow {
            context.logger.notice(
                "slow request",
                metadata: [
                    "method": "\(request.method.rawValue)", "uri": "\(request.uri.string)",
                    "time": "\(elapsed)",
                ])
        }
        return response
    }
}
