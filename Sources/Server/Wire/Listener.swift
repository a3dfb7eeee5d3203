import Engine
#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Listens at one address: serves a ``Face`` there, HTTP/1.1 on SwiftNIO's codec; or all that a ``QueryPort``
/// speaks.
struct Listener: Service {
    /// Where to listen.
    enum Address: Sendable {
        case host(String, port: Int)
        case unixSocket(path: String)
    }

    private let listener: any Channel
    private let list: ConnectionList
    /// Of a Unix socket.
    private let path: String?

    /// The port that it listens on; 0 for a Unix socket.
    var port: Int { listener.localAddress?.port ?? 0 }

    /// Binds `address` and begins to serve `face`.
    /// - Parameter tls: Serves HTTPS.
    /// - Throws: `IOError` where the address cannot be bound.
    static func start(
        at address: Address, face: Face, limits: WireLimits = WireLimits(), tls: ServerTLS? = nil
    ) async throws -> Listener {
        try await start(at: address, service: face.service, limits: limits) { channel, list in
            let admission = list.enter()
            channel.closeFuture.whenComplete { _ in list.leave(admission) }
            switch admission {
            case .served:
                if let tls { try channel.pipeline.syncOperations.addHandler(tls.makeHandler()) }
                try Connection.add(to: channel, face: face, limits: limits, list: list)
            // Nobody is told by a handshake.
            case .refused where tls == nil:
                try channel.pipeline.syncOperations.addHandler(Refusal(limits: limits))
            case .refused, .dropped: channel.close(promise: nil)
            }
        }
    }

    /// Binds `address` and begins to serve `port`.
    /// - Throws: `IOError` where the address cannot be bound.
    static func start(
        at address: Address, port: QueryPort, limits: WireLimits = WireLimits()
    ) async throws -> Listener {
        try await start(at: address, service: port.face.service, limits: limits) { channel, list in
            let admission = list.enter()
            channel.closeFuture.whenComplete { _ in list.leave(admission) }
            guard case .served = admission else { return channel.close(promise: nil) }
            try channel.pipeline.syncOperations.addHandler(Reception(port: port, limits: limits, list: list))
        }
    }

    /// Serves until the service group ends: then running requests are finished, unless that takes longer than
    /// the group allows.
    func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await listener.closeFuture.get()
                try await finish()
            } onGracefulShutdown: {
                closeListener()
            }
        } onCancel: {
            listener.close(promise: nil)
            list.cut()
        }
    }

    /// Returns when no request is under way.
    func untilQuiet() async throws {
        while list.isBusy { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Takes no more connections, finishes running requests, and returns when all is quiet. On a holder's
    /// socket, requests that come meanwhile are told to look for another holder.
    func finish() async throws {
        closeListener()
        try await listener.closeFuture.get()
        // A connection that was accepted last may not be in the list yet: its event loop has it next.
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try await loop.submit {}.get() }
        list.quiesce()
        await list.drained()
    }

    /// Ends at once; running requests are cancelled.
    func stop() async throws {
        listener.close(promise: nil)
        try await listener.closeFuture.get()
        list.cut()
        await list.drained()
    }

    // MARK: - Private

    /// Closes the listener; that of a Unix socket when all who had connected are accepted.
    private func closeListener() {
        guard let path else { return listener.close(promise: nil) }
        // Nobody new finds it from here on.
        unlink(path)
        listener.eventLoop.execute { closeOnceAllAreAccepted() }
    }

    private func closeOnceAllAreAccepted() {
        guard !hasWaiting else {
            listener.eventLoop.scheduleTask(in: .milliseconds(1)) { closeOnceAllAreAccepted() }
            return
        }
        // One that was accepted just now is made ready on a loop of its own and then handed over on this one.
        // Were the listener closed before that, it would drop it unheard.
        let loops = MultiThreadedEventLoopGroup.singleton.makeIterator().map { $0.submit {} }
        EventLoopFuture.andAllComplete(loops, on: listener.eventLoop).whenComplete { _ in
            guard !hasWaiting else { return closeOnceAllAreAccepted() }
            listener.close(promise: nil)
        }
    }

    /// Whether somebody has connected and is not accepted yet.
    private var hasWaiting: Bool {
        do {
            return try listener.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) {
                var state = pollfd(fd: $0, events: CShort(POLLIN), revents: 0)
                return poll(&state, 1, 0) == 1
            } ?? false
        } catch {
            // A listener that is closed already has nobody waiting.
            return false
        }
    }

    private static func start(
        at address: Address, service: Exchange.Service, limits: WireLimits,
        prepare: @escaping @Sendable (any Channel, ConnectionList) throws -> Void
    ) async throws -> Listener {
        let list = ConnectionList(limits: limits, bodies: service.bodies, metrics: service.metrics)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Out of descriptors, accepting rests a little instead of failing for good.
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptBackoffHandler(
                            shouldForwardIOErrorCaught: false, backoffProvider: { _ in .milliseconds(100) }))
                }
            }
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel, list) }
            }
        switch address {
        case .host(let host, let port):
            // Clients of the query port rest for hours: the system finds out who of them is gone.
            let listener = try await bootstrap.childChannelOption(.socketOption(.so_keepalive), value: 1)
                .bind(host: host, port: port).get()
            return Listener(listener: listener, list: list, path: nil)
        case .unixSocket(let path):
            let listener = try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true
            ).get()
            return Listener(listener: listener, list: list, path: path)
        }
    }
}

/// Tells a client that there are too many, and closes when it has read that.
private final class Refusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limits: WireLimits

    init(limits: WireLimits) { self.limits = limits }

    func channelActive(context: ChannelHandlerContext) {
        var response = Response.failure(
            EngineError(
                .overloaded, "\(limits.connections) connections are open, which is the limit; try again later"
            )
        )
        var buffer = context.channel.allocator.buffer(capacity: 512)
        if case .bytes(let bytes) = response.body {
            ResponseHead.write(response, framing: .length(bytes.count), connection: "close", into: &buffer)
            buffer.writeBytes(bytes)
        }
        response.body = .none
        context.writeAndFlush(NIOAny(buffer), promise: nil)
        context.close(mode: .output, promise: nil)
        let loop = context.eventLoop.assumeIsolated()
        let end = loop.scheduleTask(in: limits.linger) { context.close(promise: nil) }
        context.channel.closeFuture.whenComplete { _ in end.cancel() }
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }
}
