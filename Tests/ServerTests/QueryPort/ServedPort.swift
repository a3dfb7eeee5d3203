import Base
import Engine
import Logging
import Query
import SystemPackage
import TestSupport

@testable import Server

/// A query port, and HTTPS, in this process, over an empty store. Who answers is the test's.
struct ServedPort: Sendable {
    let port: Int
    let https: Int
    /// Of the authority that clients are to trust.
    let authorityFile: FilePath
    let metrics: Metrics
    let bodies: BodyBudget

    private static let clients = BlockingPool(label: "port-clients", threadCount: 24)

    /// Makes store and listeners, and ends them after `body`.
    /// - Parameters:
    ///   - maxMessageBytes: Of a message in either direction.
    ///   - bodyBytes: Of all messages that are in memory at one time.
    static func run(
        authority: MemoryAuthority = MemoryAuthority(), limits: WireLimits = WireLimits(),
        maxMessageBytes: Int = 1 << 30, bodyBytes: Int = 2 << 30, plain: QueryPort.Plain = .loopback,
        needsLogin: Bool = false, clientAuthorities: FilePath? = nil,
        answering: @escaping QueryAnswering = ServedPort.echo, _ body: (ServedPort) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let commands = CommandService(
            authority: authority, maxMessageBytes: maxMessageBytes, answering: answering)
        var costs = Exchange.Limits()
        costs.allBodiesByteCount = bodyBytes
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: false, limits: costs, commands: commands)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let face = Face(
            service: service, sites: SiteGuard(listeningOn: "127.0.0.1", isLoopback: true),
            needsLogin: needsLogin, logger: logger)
        var configuration = ServerConfiguration()
        configuration.clientAuthorities = clientAuthorities
        let identity = try ServerIdentity.load(storeAt: directory, configuration).0
        let address = Listener.Address.host("127.0.0.1", port: 0)
        let wire = try await Listener.start(
            at: address, port: QueryPort(face: face, commands: commands, tls: identity.tls, plain: plain),
            limits: limits)
        let https = try await Listener.start(at: address, face: face, limits: limits, tls: identity.tls)
        let served = ServedPort(
            port: wire.port, https: https.port, authorityFile: directory.appending("tls").appending("ca.pem"),
            metrics: service.metrics, bodies: service.bodies)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(served))
        } catch {
            outcome = .failure(error)
        }
        try await wire.stop()
        try await https.stop()
        try await store.close()
        try outcome.get()
    }

    /// Says what came: an answer for the whole message, and its blobs, backwards.
    static let echo: QueryAnswering = { message, dialect, principal in
        let answer: Document = [
            "status": 0, "dialect": .string(dialect.rawValue), "principal": .string(principal.name),
            "query": .string(String(decoding: message.json, as: UTF8.self)),
            "blobs": .array(message.blobs.map { .integer(Int64($0.count)) }),
        ]
        let reply = Value.array([.object(["Echo": .object(answer)])])
        return CommandMessage(json: Array(reply.json.utf8), blobs: message.blobs.reversed())
    }

    /// Whether `count` messages are answered, all in one dialect.
    func hasAnswered(_ count: Int) -> Bool {
        metrics.text(gauges: []).split(separator: "\n").contains {
            $0.hasPrefix("fovea_command_duration_seconds_count") && $0.hasSuffix("\"answered\"} \(count)")
        }
    }

    /// Runs `body` on a thread that may block, with a connection to the query port.
    func connect<Result: Sendable>(
        _ body: @escaping @Sendable (RawClient) throws -> Result
    ) async throws -> Result {
        let port = port
        return try await ServedPort.clients.run { _ in try body(try RawClient(port: port)) }
    }

    /// Runs `body` on a thread that may block.
    func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await ServedPort.clients.run { _ in try body() }
    }
}
