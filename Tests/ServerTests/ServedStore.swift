import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Logging
import NIOCore
import SystemPackage
import TestSupport

@testable import Server

/// A store in a temporary folder and a server for it in this process.
struct ServedStore: Sendable {
    let directory: FilePath
    let store: Store
    let metrics: Metrics
    let server: Listener
    /// The query port, where there is one.
    let wire: Listener?

    /// Threads of clients, which block: those of Swift's own pool belong to the server.
    private static let clients = BlockingPool(label: "clients", threadCount: 24)

    /// Whether this process may mount a file system, found out by doing it.
    static let canMount: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        guard mount("tmpfs", folder.path.string, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount2(folder.path.string, CInt(MNT_DETACH)) == 0
    }()

    /// Clients share the machine's few threads with tests that compute: they may take their time.
    static var patience: WireLimits {
        var limits = WireLimits()
        (limits.head, limits.body, limits.idle, limits.write) = (
            .minutes(20), .minutes(20), .minutes(20), .minutes(20)
        )
        return limits
    }

    /// Makes store and server, and ends them after `body`.
    /// - Parameters:
    ///   - disk: The size of a file system for the store alone, as `mount` takes it; `nil` for none.
    ///   - authority: Who is who.
    ///   - needsLogin: Whether HTTP is for users alone.
    ///   - patience: How long Cortex's paths may take.
    ///   - quota: How often keys may be used.
    ///   - answersCommands: Whether the store answers commands; else they come back as they are.
    ///   - hasQueryPort: Listen for frames as well.
    static func run(
        limits: WireLimits = ServedStore.patience, costs: Exchange.Limits = Exchange.Limits(),
        more: [Endpoint] = [],
        isHolderSocket: Bool = false, disk: String? = nil, options: StoreOptions = StoreOptions(),
        authority: @Sendable (Store) -> any SessionAuthority = { _ in MemoryAuthority() },
        needsLogin: Bool = false, patience: Patience = Patience(), quota: RequestQuota = RequestQuota(),
        answersCommands: Bool = false, hasQueryPort: Bool = false, _ body: (ServedStore) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        if let disk {
            guard mount("tmpfs", folder.path.string, "tmpfs", 0, "size=\(disk)") == 0 else {
                throw Errno(rawValue: errno)
            }
        }
        defer { if disk != nil { umount2(folder.path.string, CInt(MNT_DETACH)) } }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory, options: options)
        let metrics = Metrics()
        let answering: QueryAnswering = { await store.answer($0, dialect: $1, principal: $2) }
        let commands = CommandService(
            authority: authority(store),
            tables: { try await store.answerTable($0, dialect: $1, principal: $2) },
            answering: answersCommands ? answering : ServedPort.echo)
        var service = Exchange.Service(
            store: store, metrics: metrics, isHolderSocket: isHolderSocket, limits: costs, commands: commands,
            quota: quota)
        service.patience = patience
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let face = Face(
            service: service, sites: SiteGuard(listeningOn: "127.0.0.1", isLoopback: true),
            needsLogin: needsLogin, logger: logger,
            more: more)
        let address = Listener.Address.host("127.0.0.1", port: 0)
        let server = try await Listener.start(at: address, face: face, limits: limits)
        var wire: Listener?
        if hasQueryPort {
            wire = try await Listener.start(
                at: address, port: QueryPort(face: face, commands: commands, tls: nil, plain: .loopback),
                limits: limits)
        }
        let served = ServedStore(
            directory: directory, store: store, metrics: metrics, server: server, wire: wire)
        do {
            try await body(served)
        } catch {
            try await served.end()
            throw error
        }
        try await served.end()
    }

    private func end() async throws {
        try await wire?.stop()
        try await server.stop()
        try await store.close()
    }

    /// Runs `body` on a thread that may block, with a connection to the server.
    func connect<Result: Sendable>(
        _ body: @escaping @Sendable (RawClient) throws -> Result
    ) async throws -> Result {
        let port = server.port
        return try await ServedStore.clients.run { _ in try body(try RawClient(port: port)) }
    }

    /// Runs `body` on a thread that may block.
    func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await ServedStore.clients.run { _ in try body() }
    }

    /// The answer to one request on a connection of its own.
    func answer(
        _ method: String, _ target: String, headers: [String] = [], body: [UInt8]? = nil
    ) async throws -> RawClient.Answer {
        try await connect { client in
            try client.send(method, target, headers: headers, body: body)
            return try client.answer(toHead: method == "HEAD")
        }
    }

    func answer(_ method: String, _ target: String, json: String) async throws -> RawClient.Answer {
        try await answer(
            method, target, headers: ["Content-Type: application/json"], body: Array(json.utf8))
    }

    func move(_ from: FilePath, _ to: FilePath) throws {
        guard rename(from.string, to.string) == 0 else { throw Errno(rawValue: errno) }
    }

    func remove(_ file: FilePath) throws {
        guard unlink(file.string) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Adds a picture and returns its id.
    @discardableResult
    func add(width: Int = 9, height: Int = 7, seed: Int = 1) async throws -> String {
        let answer = try await answer(
            "POST", "/v1/entities/Image", body: ServedStore.ppm(width: width, height: height, seed: seed))
        let verdict = answer.json?["verdicts"]?.arrayValue?.first?.objectValue
        guard let id = verdict?["_uniqueid"]?.stringValue else { throw RawClient.Closed() }
        return id
    }

    /// - Parameter seed: Pictures of two seeds differ, also where these differ by a multiple of 256.
    static func ppm(width: Int, height: Int, seed: Int) -> [UInt8] {
        Array("P6\n\(width) \(height)\n255\n".utf8)
            + (0..<width * height * 3).map {
                UInt8(truncatingIfNeeded: $0 &* (7 &+ 2 &* (seed >> 8)) &+ seed)
            }
    }
}
