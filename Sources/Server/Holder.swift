import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Logging
import NIOCore
import Pipeline
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// The process's hold on a store: the lock, the open store, and the servers that answer for it.
struct Holder: Sendable {
    let store: Store
    let lock: StoreLock?
    let socket: HolderSocket
    /// The folder of the socket, where it is not the store's.
    var ownFolder: PrivateFolder?

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
            let folder = try PrivateFolder()
            let socket = try HolderSocket(directory: folder.path)
            return Holder(store: store, lock: nil, socket: socket, ownFolder: folder)
        }
        let socket = try HolderSocket(directory: directory)
        socket.removeStale()
        let store = try await Store.open(at: directory, access: .readWrite, options: options)
        return Holder(store: store, lock: lock, socket: socket)
    }

    /// Serves the socket and, where asked, HTTP, HTTPS and the query port, until SIGTERM or SIGINT.
    /// - Throws: ``EngineError/Code/conflict`` where the address is taken;
    ///   ``EngineError/Code/invalidRequest`` where this machine has no such address, or where there is no
    ///   such certificate.
    func serve(
        _ configuration: ServerConfiguration,
        onBound: @escaping @Sendable (BoundAddresses) async -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws {
        do {
            let jobs = JobQueue.of(store, role: .server)
            var services: [any Service] = []
            if let role = configuration.anonymousRole {
                do {
                    _ = try await store.accessControl.anonymous(role: role, from: "local")
                } catch let error as EngineError where error.code == .notFound {
                    throw EngineError(
                        .invalidRequest,
                        "--anonymous-role '\(role)': there is no such role; 'fovea role list' says which there are"
                    )
                }
            }
            var (listeners, bound) = try await Doors(store: store, jobs: jobs, configuration).open()
            bound.hasUsers = try await store.accessControl.hasUsers()
            services += listeners
            if !services.isEmpty {
                services.append(SignalWatch(onStart: { [bound] in await onBound(bound) }, onEnd: onEnd))
            }
            services.append(try await socketServer(role: .server, jobs, configuration))
            services.append(JobWork(jobs: jobs))
            services.append(RuleWork(rules: RuleKeeper(store: store)))
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
        ownFolder?.remove()
        try await store.close()
        withExtendedLifetime(lock) {}
    }

    /// Answers on the store's socket.
    /// - Parameter configuration: of the server that the process is; what it says of networks counts here.
    func socketServer(
        role: HolderRole, _ jobs: JobQueue? = nil,
        _ configuration: ServerConfiguration = ServerConfiguration()
    ) async throws -> Listener {
        let web = WebBytes.of(store, configuration)
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: true, limits: Exchange.Limits(), role: role,
            commands: CommandService.of(store, ServerConfiguration(), web), jobs: jobs, web: web)
        var limits = WireLimits()
        limits.connections = Holder.socketConnections
        // A command may think about what it prints for as long as it likes.
        limits.write = .hours(24)
        // One that has connected is about to ask, however long a busy machine lets it wait for that: closed
        // unheard, it could not tell whether it was.
        limits.firstWord = .seconds(30)
        let server = try await Listener.start(
            at: .unixSocket(path: socket.path.string),
            face: Face(service: service, sites: nil, logger: Holder.quietLogger), limits: limits)
        socket.restrict()
        return server
    }

    // MARK: - Private

    private static let quietLogger = {
        var logger = Logger(label: "fovea")
        logger.logLevel = .error
        return logger
    }()
    /// Commands that may be connected at one time.
    private static let socketConnections = 64
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

/// Works on the jobs of the store from the start on; asked to end, lets go of them before the store is
/// closed, and before the listeners wait for whoever follows one.
private struct JobWork: Service {
    let jobs: JobQueue

    func run() async throws {
        jobs.start()
        try await gracefulShutdown()
        await jobs.stop()
    }
}

/// Keeps the labels of rules true from the start on, and lets go of the store before it is closed.
private struct RuleWork: Service {
    let rules: RuleKeeper

    func run() async throws {
        rules.start()
        try await gracefulShutdown()
        await rules.stop()
    }
}
