#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Connections to origins: fresh ones, and those that a further request can use.
///
/// A connection is made to an address that was just resolved and looked at, and to no other: nothing resolves
/// the name a second time.
final class ConnectionPool: Sendable {
    private struct Idle {
        var channel: any Channel
        var since: ContinuousClock.Instant
    }

    private struct State {
        var idle: [WebURL.Origin: [Idle]] = [:]
        var count = 0
        var isClosed = false
    }

    /// How long a connection is kept unused: less than most servers keep them.
    private static let rest = Duration.seconds(10)
    /// Addresses of one host that are tried.
    private static let maxAddresses = 3

    private let state = Mutex(State())
    private let resolver: any NameResolver
    private let policy: AddressPolicy
    private let limit: Int
    private let silence: Duration
    private let tls: NIOSSLContext

    init(_ options: FetchOptions, resolver: any NameResolver, policy: AddressPolicy) throws {
        self.resolver = resolver
        self.policy = policy
        limit = options.idleConnections
        silence = options.silence
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let file = options.trustedCertificates { configuration.additionalTrustRoots = [.file(file)] }
        tls = try NIOSSLContext(configuration: configuration)
    }

    /// A connection that was used before and seems to be open still.
    func reuse(_ origin: WebURL.Origin) -> (any Channel)? {
        let now = ContinuousClock.now
        var stale: [any Channel] = []
        let found = state.withLock { state -> (any Channel)? in
            while let idle = state.idle[origin]?.popLast() {
                state.count -= 1
                if state.idle[origin]?.isEmpty == true { state.idle[origin] = nil }
                if idle.channel.isActive, now - idle.since < ConnectionPool.rest { return idle.channel }
                stale.append(idle.channel)
            }
            return nil
        }
        for channel in stale { channel.close(promise: nil) }
        return found
    }

    /// Keeps a connection for a further request.
    func keep(_ channel: any Channel, for origin: WebURL.Origin) {
        let now = ContinuousClock.now
        let surplus = state.withLock { state -> [any Channel] in
            guard !state.isClosed else { return [channel] }
            var surplus: [any Channel] = []
            if state.count >= limit {
                for (origin, list) in state.idle {
                    let kept = list.filter { $0.channel.isActive && now - $0.since < ConnectionPool.rest }
                    surplus += list.filter { idle in !kept.contains { $0.channel === idle.channel } }.map(
                        \.channel)
                    state.count -= list.count - kept.count
                    state.idle[origin] = kept.isEmpty ? nil : kept
                }
            }
            guard state.count < limit else { return surplus + [channel] }
            state.idle[origin, default: []].append(Idle(channel: channel, since: now))
            state.count += 1
            return surplus
        }
        for channel in surplus { channel.close(promise: nil) }
    }

    /// Closes what is kept, and keeps nothing from now on.
    func close() {
        let channels = state.withLock { state in
            defer { state.idle = [:] }
            state.isClosed = true
            return state.idle.values.flatMap { $0.map(\.channel) }
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Makes a connection.
    /// - Throws: ``FetchFailure``: unresolved, private address, connection, timeout, TLS.
    func connect(_ origin: WebURL.Origin, within time: Duration) async throws -> any Channel {
        let addresses = try await self.addresses(of: origin.host)
        let deadline = ContinuousClock.now + time
        var failure = FetchFailure(.timeout, "no time was left to connect to \(origin.host)")
        for address in addresses.prefix(ConnectionPool.maxAddresses) {
            let left = min(deadline - .now, silence)
            guard left > .zero else { break }
            do {
                return try await connect(origin, address, within: left)
            } catch {
                failure = ConnectionPool.failure(error, origin.host, address)
                if failure.code == .tls { break }
            }
        }
        throw failure
    }

    /// - Throws: ``FetchFailure/Code/privateAddress`` where `host` is an address that may not be connected
    ///   to.
    func checkLiteral(_ host: String) throws(FetchFailure) {
        guard let literal = IPAddress(host), !policy.allows(literal) else { return }
        throw FetchFailure(.privateAddress, "\(host) is no address of the public internet")
    }

    // MARK: - Private

    /// The addresses of a host that may be connected to.
    private func addresses(of host: String) async throws -> [IPAddress] {
        try checkLiteral(host)
        if let literal = IPAddress(host) { return [literal] }
        let found = try await resolver.addresses(of: host)
        let allowed = found.filter(policy.allows)
        if let refused = found.first, allowed.isEmpty {
            throw FetchFailure(
                .privateAddress, "\(host) has the address \(refused), which is none of the public internet")
        }
        guard !allowed.isEmpty else { throw FetchFailure(.unresolved, "\(host) has no address") }
        return allowed
    }

    private func connect(
        _ origin: WebURL.Origin, _ address: IPAddress, within time: Duration
    ) async throws -> any Channel {
        let place = try SocketAddress(ipAddress: address.description, port: origin.port)
        let (scheme, host, tls) = (origin.scheme, origin.host, tls)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let ready = loop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(time))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if scheme == .https {
                        // An address has no place in a server name; its certificate must name the address.
                        let name = IPAddress(host) == nil ? host : nil
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
                    try pipeline.addHandler(
                        Conversation(
                            host: host, ready: ready, isSecured: scheme == .https, patience: TimeAmount(time))
                    )
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(to: place).get()
        } catch {
            // Nobody waits for it; one that is left without an answer is an error to SwiftNIO.
            ready.fail(error)
            throw error
        }
        try await ready.futureResult.get()
        return channel
    }

    private static func failure(_ error: any Error, _ host: String, _ address: IPAddress) -> FetchFailure {
        let place = host == address.description ? host : "\(host) (\(address))"
        return switch error {
        case let failure as FetchFailure: failure
        case is NIOSSLError, is BoringSSLError: FetchFailure(.tls, "\(host): \(error)")
        case let ChannelError.connectTimeout(time):
            FetchFailure(
                .timeout, "\(place) took no connection within \(time.nanoseconds / 1_000_000) ms")
        case let error as IOError:
            // The system's own words: SwiftNIO's put others around them.
            FetchFailure(.connection, "\(place): \(String(cString: strerror(error.errnoCode)))")
        default: FetchFailure(.connection, "\(place): \(error)")
        }
    }
}
