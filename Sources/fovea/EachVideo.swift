import ArgumentParser
import Engine

/// Commands that take several videos, one after another.
enum EachVideo {
    /// Runs `body` with each id. A video that it fails for is named and does not end those that follow.
    /// - Throws: the error itself, naming the video, where there is one id, or where others would fail in the
    ///   same way; once all were tried, an exit status: that of findings where some were done, else that of
    ///   the first failure.
    static func run(_ ids: [String], _ body: (String) async throws -> Void) async throws {
        var statuses: [ExitCode] = []
        for id in ids {
            do {
                try await body(id)
            } catch let error as EngineError {
                let named = error.naming(id)
                guard ids.count > 1, error.concernsOneVideo else { throw named }
                Terminal.report("fovea: \(named)")
                statuses.append(error.exitStatus.exitCode)
            } catch let status as ExitCode {
                statuses.append(status)
            }
        }
        guard let first = statuses.first else { return }
        throw statuses.count < ids.count ? ExitStatus.findings.exitCode : first
    }
}

extension EngineError {
    /// Whether it says something of what was asked for, and nothing of others.
    fileprivate var concernsOneVideo: Bool {
        switch code {
        case .notFound, .gone, .unsupportedMedia, .invalidRequest, .limitExceeded, .corrupt: true
        default: false
        }
    }

    fileprivate func naming(_ id: String) -> EngineError {
        guard !message.contains(id) else { return self }
        var named = self
        named.message = "\(id): \(message)"
        return named
    }
}
