import Engine
#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Listens at one address and serves a ``Face`` there, HTTP/1.1 on SwiftNIO's codec.
struct HTTPServer: Service {
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

    /// Binds `address` and begins to serve.
    /// - Throws: `IOError` where the address cannot be bound.
    static func start(
        at address: Address, face: Face, limits: WireLimits = WireLimits()
    ) async throws -> HTTPServer {
        let list = ConnectionList(
            limits: limits, bodyBudget: face.service.limits.allBodiesByteCount, metrics: face.service.metrics)
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
                channel.eventLoop.makeCompletedFuture {
                    try HTTPServer.prepare(channel, face: face, limits: limits, list: list)
                }
            }
        switch address {
        case .host(let host, let port):
            let listener = try await bootstrap.bind(host: host, port: port).get()
            return HTTPServer(listener: listener, list: list, path: nil)
        case .unixSocket(let path):
            let listener = try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true
            ).get()
            return HTTPServer(listener: listener, list: list, path: path)
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
        var someWait = false
        do {
            try listener.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self)
            {
                var state = pollfd(fd: $0, events: CShort(POLLIN), revents: 0)
                someWait = poll(&state, 1, 0) == 1
            }
        } catch {
            // A listener that is closed already has nobody waiting.
        }
        guard someWait else { return listener.close(promise: nil) }
        listener.eventLoop.scheduleTask(in: .milliseconds(1)) { closeOnceAllAreAccepted() }
    }

    private static func prepare(
        _ channel: any Channel, face: Face, limits: WireLimits, list: ConnectionList
    ) throws {
        let admission = list.enter()
        channel.closeFuture.whenComplete { _ in list.leave(admission) }
        let pipeline = channel.pipeline.syncOperations
        switch admission {
        case .served:
            var decoderLimits = NIOHTTPDecoderLimitConfiguration()
            decoderLimits.maxHeaderFieldSize = limits.fieldByteCount
            decoderLimits.maxHeaderListSize = limits.headByteCount
            decoderLimits.maxHeaderFieldCount = limits.fieldCount
            let connection = Connection(face: face, limits: limits, list: list)
            try pipeline.addHandlers([
                ByteWatch(connection),
                ByteToMessageHandler(
                    HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)),
                connection,
            ])
        case .refused: try pipeline.addHandler(Refusal(limits: limits))
        case .dropped: channel.close(promise: nil)
        }
    }
}

/// Tells a connection that bytes came, before anybody knows what they mean.
private final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.noteBytes()
        context.fireChannelRead(data)
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
