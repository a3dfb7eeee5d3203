import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Logging
import NIOCore
import ServiceLifecycle
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

    /// Serves the socket and, where asked, HTTP, until SIGTERM or SIGINT.
    /// - Throws: ``EngineError/Code/conflict`` where the address is taken;
    ///   ``EngineError/Code/invalidRequest`` where this machine has no such address.
    func serve(
        _ configuration: ServerConfiguration,
        onBound: @escaping @Sendable (ServerConfiguration.Address) async -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws {
        do {
            var services: [any Service] = []
            let descriptors = DescriptorLimit.raise()
            if let address = configuration.http {
                let server = try await httpServer(at: address, configuration, descriptors)
                services.append(server)
                services.append(
                    SignalWatch(
                        onStart: {
                            await onBound(ServerConfiguration.Address(host: address.host, port: server.port))
                        }, onEnd: onEnd))
            }
            services.append(try await socketServer(role: .server))
            var group = ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Holder.quietLogger)
            group.maximumGracefulShutdownDuration = .seconds(30)
            try await ServiceGroup(configuration: group).run()
        } catch {
            try await end()
            throw error
        }
        try await end()
    }

    /// Closes the store and lets go of it. Ending twice does nothing.
    func end() async throws {
        socket.removeStale()
        try await store.close()
        withExtendedLifetime(lock) {}
    }

    /// Answers on the store's socket.
    func socketServer(role: HolderRole) async throws -> HTTPServer {
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: true, limits: Exchange.Limits(), role: role)
        var limits = WireLimits()
        limits.connections = Holder.socketConnections
        // A command may think about what it prints for as long as it likes.
        limits.write = .hours(24)
        let server = try await HTTPServer.start(
            at: .unixSocket(path: socket.path.string),
            face: Face(service: service, sites: nil, logger: Holder.quietLogger), limits: limits)
        socket.restrict()
        return server
    }

    // MARK: - Private

    private static let logger = Logger(label: "fovea")
    private static let quietLogger = {
        var logger = Logger(label: "fovea")
        logger.logLevel = .error
        return logger
    }()
    /// Commands that may be connected at one time.
    private static let socketConnections = 64

    private func httpServer(
        at address: ServerConfiguration.Address, _ configuration: ServerConfiguration, _ descriptors: Int
    ) async throws -> HTTPServer {
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: false, limits: Exchange.Limits(), role: .server)
        var limits = WireLimits()
        limits.connections = DescriptorLimit.connections(configuration.maxConnections, of: descriptors)
        if limits.connections < configuration.maxConnections {
            Holder.logger.notice(
                "fewer connections than asked for: the system allows \(descriptors) open files",
                metadata: ["connections": "\(limits.connections)"])
        }
        let face = Face(
            service: service, sites: SiteGuard(listeningOn: address.host, isLoopback: address.isLoopback),
            logger: Holder.logger)
        do {
            return try await HTTPServer.start(
                at: .host(address.host, port: address.port), face: face, limits: limits)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw EngineError(
                .conflict,
                "port \(address.port) of \(address.host) is in use by another program: stop that, or choose another with --http \(ServerConfiguration.Address(host: address.host, port: address.port == 65_535 ? 8_080 : address.port + 1)); port 0 takes any free one",
                cause: error)
        } catch let error as IOError where error.errnoCode == EACCES {
            throw EngineError(
                .conflict,
                "this user may not listen on port \(address.port): choose one above 1023 with --http",
                cause: error
            )
        } catch {
            throw EngineError(.invalidRequest, "cannot listen on \(address): \(error)", cause: error)
        }
    }
}

/// Says something once the group runs, as by then it listens to signals, and whoever is told may send one;
/// and again when the group ends. From there on a second signal ends the process as it is, which loses
/// nothing that was acknowledged.
private struct SignalWatch: Service {
    let onStart: @Sendable () async -> Void
    let onEnd: @Sendable () -> Void

    func run() async throws {
        await onStart()
        try await gracefulShutdown()
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        onEnd()
    }
}
