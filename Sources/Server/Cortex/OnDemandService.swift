import Engine
import Logging
import Pipeline
import ServiceLifecycle

/// Fetches what is enqueued for as long as the server runs.
struct OnDemandService: Service {
    let images: OnDemandImages
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await images.run { url, error in
                if error.code != .cancelled { logger.warning("\(url) was not analysed: \(error.message)") }
            }
        }
    }
}
