import Base
import Engine
import Hummingbird
import Logging
import NIOCore
import Pipeline
import ServiceLifecycle
import Synchronization
import SystemPackage
import UnixSignals

/// The process's hold on a store: the lock, the open store, and the servers that answer for it.
struct Holder: Sendable {
    let store: Store
    let lock: StoreLock?
    let socket: HolderSocket

    /// Opens the store at `directory` if nobody holds it; `nil` if somebody does.
    ///
    /// A store in a folder that may not be written is opened for reading, without a lock, and served on a
    /// socket of this process's own.
    static func take(directory: FilePath, options: StoreOptions) async throws -> Holder? {
        let lock: StoreLock?
        do {
            lock = try StoreLock.acquire(directory: directory)
            guard lock != nil else { return nil }
        } catch let error as Errno
            where [.permissionDenied, .readOnlyFileSystem, .notPermitted].contains(error)
        {
            let store = try await Store.open(at: directory, access: .readOnly, options: options)
            let folder = try PrivateFolder.make()
            return Holder(store: store, lock: nil, socket: try HolderSocket(directory: folder))
        }
        let socket = try HolderSocket(directory: directory)
        socket.removeStale()
        let store = try await Store.open(at: directory, access: .readWrite, options: options)
        return Holder(store: store, lock: lock, socket: socket)
    }

    /// Serves the socket while `body` runs, then ends.
    func run<Result: Sendable>(
        http: ServerConfiguration?, onBound: @escaping @Sendable (ServerConfiguration.Address) async -> Void,
        whileServing body: @escaping @Sendable (StoreClient) async throws -> Result
    ) async throws -> Result {
        let started = AsyncStream.makeStream(of: Void.self)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: application(started: started.continuation))],
                logger: Holder.quietLogger))
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { started.continuation.finish() }
                    try await group.run()
                }
                for await _ in started.stream { break }
                let outcome: Swift.Result<Result, any Error>
                do {
                    outcome = .success(try await StoreSession.withClient(socket: socket.path, body))
                } catch {
                    outcome = .failure(error)
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return outcome
            }
        } catch {
            try await end()
            throw error
        }
        try await end()
        return try outcome.get()
    }

    /// Serves the socket and, where asked, HTTP, until SIGTERM or SIGINT.
    func serve(
        _ configuration: ServerConfiguration,
        onBound: @escaping @Sendable (ServerConfiguration.Address) async -> Void
    ) async throws {
        let logger = Logger(label: "fovea")
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: application(started: nil), successTerminationBehavior: .gracefullyShutdownGroup)
        ]
        if let address = configuration.http {
            services.append(.init(service: application(at: address, configuration, onBound: onBound)))
        }
        var groupConfiguration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        groupConfiguration.maximumGracefulShutdownDuration = .seconds(30)
        do {
            try await ServiceGroup(configuration: groupConfiguration).run()
        } catch {
            try await end()
            throw error
        }
        try await end()
    }

    // MARK: - Private

    private static let quietLogger = {
        var logger = Logger(label: "fovea")
        logger.logLevel = .error
        return logger
    }()

    private func end() async throws {
        socket.removeStale()
        try await store.close()
        withExtendedLifetime(lock) {}
    }

    private func application(started: AsyncStream<Void>.Continuation?) -> some Service {
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: true, limits: Exchange.Limits())
        return Application(
            router: Routes.router(for: service, isGuarded: false),
            configuration: .init(address: .unixDomainSocket(path: socket.path.string), serverName: "fovea"),
            onServerRunning: { [socket] _ in
                socket.restrict()
                started?.yield()
            },
            logger: Holder.quietLogger)
    }

    private func application(
        at address: ServerConfiguration.Address, _ configuration: ServerConfiguration,
        onBound: @escaping @Sendable (ServerConfiguration.Address) async -> Void
    ) -> some Service {
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: false,
            limits: Exchange.Limits(
                bodyByteCount: configuration.maxBody.bytes, uploadByteCount: configuration.maxUpload.bytes))
        return Application(
            router: Routes.router(for: service, isGuarded: address.isLoopback),
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: "fovea"),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                await onBound(ServerConfiguration.Address(host: address.host, port: port))
            },
            logger: Holder.quietLogger)
    }
}
