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
    /// How long to try while a holder starts or ends.
    static let patience = Duration.seconds(20)

    /// Runs `body` with a client of the store at `directory`.
    ///
    /// - Throws: ``EngineError/Code/notFound`` where there is no store; ``EngineError/Code/conflict`` where
    ///   another process holds the lock but does not answer; whatever `body` throws.
    public static func run<Result: Sendable>(
        directory: FilePath, options: StoreOptions = StoreOptions(),
        _ body: @escaping @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result {
        let directory = directory.absolute
        try Store.checkExists(at: directory)
        let deadline = ContinuousClock.now + patience
        while true {
            if let holder = try await Holder.take(directory: directory, options: options) {
                return try await holder.run(http: nil, onBound: { _ in }, whileServing: body)
            }
            if let result = try await viaHolder(directory: directory, body) { return result }
            guard ContinuousClock.now < deadline else {
                throw EngineError(
                    .conflict,
                    "the store \(directory) is held by \(holderName(directory)), which does not answer")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Serves the store at `directory` until the process is asked to stop.
    ///
    /// - Parameter onBound: Called once with the address that HTTP is served at.
    /// - Throws: ``EngineError/Code/conflict`` where another process holds the store; it is named.
    public static func serve(
        directory: FilePath, options: StoreOptions, configuration: ServerConfiguration,
        onBound: @escaping @Sendable (ServerConfiguration.Address) async -> Void
    ) async throws {
        let directory = directory.absolute
        try Store.checkExists(at: directory)
        if let address = configuration.http, !address.isLoopback, !configuration.allowsInsecure {
            throw EngineError(
                .invalidRequest,
                "\(address) is not loopback: users and TLS are needed there, which this version does not have; serve 127.0.0.1, or say --insecure where the network is trusted"
            )
        }
        // A command that is just ending may hold the store for a moment.
        let deadline = ContinuousClock.now + .seconds(2)
        while true {
            if let holder = try await Holder.take(directory: directory, options: options) {
                return try await holder.serve(configuration, onBound: onBound)
            }
            guard ContinuousClock.now < deadline else {
                throw EngineError(
                    .conflict, "the store \(directory) is held by \(holderName(directory)) already")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    // MARK: - Private

    private static func holderName(_ directory: FilePath) -> String {
        StoreLock.holder(of: directory).map { "process \($0)" } ?? "another process"
    }

    /// `nil` where nobody listens on the socket.
    private static func viaHolder<Result: Sendable>(
        directory: FilePath, _ body: @escaping @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result? {
        let socket = try HolderSocket(directory: directory)
        guard socket.isAnswered() else { return nil }
        return try await withClient(socket: socket.path, body)
    }

    static func withClient<Result: Sendable>(
        socket: FilePath, _ body: @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(10)
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
