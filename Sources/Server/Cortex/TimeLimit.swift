import Engine

/// What may not take longer than it is worth.
enum TimeLimit {
    /// Runs `body`, and gives it up after `limit`.
    /// - Throws: ``EngineError/Code/timedOut`` then.
    static func run<Result: Sendable>(
        _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw EngineError(
                    .timedOut, "\(what) took longer than \(limit.components.seconds) s, and was given up")
            }
            return result
        }
    }
}
