import Engine

/// How long what is asked of Cortex's paths may take; what takes longer is given up.
struct Patience: Sendable {
    /// A page of `GET /get-labeled-data`.
    var page = Duration.seconds(60)
    /// A page of the later interface.
    var laterPage = Duration.seconds(10)
    /// A list of the later interface.
    var list = Duration.seconds(300)
    /// Fetching and analysing an image that somebody waits for.
    var adding = Duration.seconds(90)
}

/// What may not take longer than it is worth.
enum TimeLimit {
    /// Runs `body`, and gives it up after `limit`; without any time it is not begun.
    /// - Throws: ``EngineError/Code/timedOut`` then.
    static func run<Result: Sendable>(
        _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let late = EngineError(
            .timedOut, "\(what) took longer than \(limit.components.seconds) s, and was given up")
        guard limit > .zero else { throw late }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw late }
            return result
        }
    }
}
