import Engine
import Logging
import Pipeline
import ServiceLifecycle

/// Works on what was pushed to projects for as long as the server runs.
struct SieveService: Service {
    let sieve: Sieve
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await sieve.run { what, error in logger.warning("\(what): \(error.message)") }
        }
    }
}
