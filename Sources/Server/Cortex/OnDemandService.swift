import Pipeline
import ServiceLifecycle

/// Fetches what is enqueued for as long as the server runs.
struct OnDemandService: Service {
    let images: OnDemandImages

    func run() async throws {
        await cancelWhenGracefulShutdown { await images.run() }
    }
}
