import AsyncHTTPClient
import Base
public import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Logging
import NIOCore
public import SystemPackage

/// How a command gets at a store: through the process that holds it, or by holding it itself meanwhile.
///
/// A store has one holder at a time. Whoever finds the lock free becomes it and serves `holder.sock`;
/// everyone else goes through that socket. Both ways every request takes the same code, so that the answers
/// are the same.
public enum StoreSession {
    /// How long to try while a holder starts or ends, and does not answer. A server takes up to 30 s to end.
    static let patience = Duration.seconds(45)
    /// How long a server waits for a command that holds the store.
    static let commandPatience = Duration.seconds(600)

    /// Runs `body` with a client of the store at `directory`.
    ///
    /// Where this process comes to hold the store, it returns only when others that work through it are done.
    /// - Parameters:
    ///   - worksOnJobs: whether it then works on jobs that nobody follows and keeps rules, as a server does:
    ///     for a `body` that goes on for as long as a user likes.
    ///   - onStay: called once where that takes longer than a moment.
    /// - Throws: ``EngineError/Code/notFound`` where there is no store; ``EngineError/Code/conflict`` where
    ///   another process holds the lock but does not answer; ``EngineError/Code/failed`` where the holder was
    ///   killed in the middle of a request; whatever `body` throws.
    public static func run<Result: Sendable>(
        directory: FilePath, options: StoreOptions = StoreOptions(), worksOnJobs: Bool = false,
        onStay: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result {
        let directory = directory.absolute
        try Store.checkExists(at: directory)
        let link = HolderLink(directory: directory, options: options, worksOnJobs: worksOnJobs)
        // What cannot be opened fails here, before there is a request that could be to blame.
        _ = try await link.connect()
        let result: Result
        do {
            result = try await withClient({ try await link.connect() }, body)
        } catch {
            let name = holderName(directory)
            try await link.end(onStay: onStay)
            guard StoreClient.isLostConnection(error) else { throw error }
            throw EngineError(
                .failed,
                "\(name), which held the store and worked for this command, ended before it was done. What it had acknowledged is stored. Run the command again: it goes on from there",
                cause: error)
        }
        try await link.end(onStay: onStay)
        return result
    }

    /// Serves the store at `directory` until the process is asked to stop.
    ///
    /// Where a command holds the store, waits until it is done, at most ten minutes.
    ///
    /// - Parameters:
    ///   - onWait: Called once, with who holds the store, before it waits for a command.
    ///   - onBound: Called once with the addresses that are served.
    ///   - onEnd: Called when the process was asked to stop, before it waits for requests that are under way.
    ///     Asked again, it ends at once.
    /// - Throws: ``EngineError/Code/conflict`` where another server holds the store, or a command for too
    ///   long; it is named.
    public static func serve(
        directory: FilePath, options: StoreOptions, configuration: ServerConfiguration,
        onWait: @escaping @Sendable (_ holder: String) -> Void,
        onBound: @escaping @Sendable (BoundAddresses) async -> Void,
        onEnd: @escaping @Sendable () -> Void = {}
    ) async throws {
        let directory = directory.absolute
        try Store.checkExists(at: directory)
        try options.checkServerFiles()
        if let address = configuration.http, !address.isLoopback, !configuration.allowsInsecure {
            throw EngineError(
                .invalidRequest,
                "\(address) is not loopback, and over plain HTTP nobody logs in and everybody on the way can read: serve --https \(address), where users log in, or say --insecure where the network is trusted"
            )
        }
        let start = ContinuousClock.now
        var isWaiting = false
        while true {
            if let holder = try await Holder.take(directory: directory, options: options) {
                return try await holder.serve(configuration, onBound: onBound, onEnd: onEnd)
            }
            let name = holderName(directory)
            switch try await role(directory) {
            case .server:
                throw EngineError(.conflict, "the store \(directory) is served by \(name) already")
            case .command:
                if !isWaiting { onWait(name) }
                isWaiting = true
                guard ContinuousClock.now - start < commandPatience else {
                    throw EngineError(
                        .conflict,
                        "the store \(directory) is held by \(name), a command that has not ended in \(commandPatience / .seconds(60)) minutes"
                    )
                }
            case nil:
                // A command that answered and does no longer is about to end; that may take a while.
                guard ContinuousClock.now - start < (isWaiting ? commandPatience : patience) else {
                    throw EngineError(
                        .conflict, "the store \(directory) is held by \(name), which does not answer")
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: - Private

    static func holderName(_ directory: FilePath) -> String {
        StoreLock.holder(of: directory).map { "process \($0)" } ?? "another process"
    }

    /// What the holder holds the store for; `nil` where nobody answers.
    private static func role(_ directory: FilePath) async throws -> HolderRole? {
        let socket = try HolderSocket(directory: directory)
        guard socket.isAnswered() else { return nil }
        do {
            let answer = try await withClient({ socket.path }) { try await $0.call("GET", "/v1/holder") }
            // One that does not know itself is of an earlier version; only servers live long.
            return answer["role"]?.stringValue.flatMap(HolderRole.init(rawValue:)) ?? .server
        } catch let error as EngineError where error.code == .notFound {
            return .server
        } catch {
            // It ended between two steps; the next round tells.
            return nil
        }
    }

    static func withClient<Result: Sendable>(
        _ socket: @escaping @Sendable () async throws -> FilePath,
        _ body: @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(10)
        // A holder that has ended is told at once; who comes after it is looked for here.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            let result = try await body(StoreClient(client: http, socket: socket))
            try await http.shutdown()
            return result
        } catch {
            try await http.shutdown()
            throw error
        }
    }
}

extension FilePath {
    /// This path made absolute against the working directory.
    public var absolute: FilePath {
        guard isRelative else { return lexicallyNormalized() }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return lexicallyNormalized() }
        return FilePath(platformString: buffer).pushing(self).lexicallyNormalized()
    }
}
