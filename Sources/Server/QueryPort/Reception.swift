import NIOCore
import NIOSSL
import NIOTLS
import Query

/// Receives a connection at the query port: finds out what it speaks, and hands it on to whoever does.
///
/// Whatever the choice, TLS is laid below what follows: at once where a client begins with it, or after a
/// hello that asks for it.
final class Reception: ChannelInboundHandler, RemovableChannelHandler, ListedConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let port: QueryPort
    private let limits: WireLimits
    private let list: ConnectionList
    private let rest = Rest()
    private var context: ChannelHandlerContext?
    private var timer: ConnectionTimer?
    /// What came and is not understood yet.
    private var received = ByteBuffer()
    private var hasTLS = false
    private var saidHello = false
    private var isDone = false

    init(port: QueryPort, limits: WireLimits, list: ConnectionList) {
        self.port = port
        self.limits = limits
        self.list = list
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = ConnectionTimer(on: context.eventLoop) { [weak self] _ in self?.cut() }
        timer?.set(.head, after: limits.silence)
        rest.begin()
        list.add(self, on: context.eventLoop, rest: rest)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        var bytes = Reception.unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        decide()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // What was handed on reads for itself.
        if isDone { context.fireChannelReadComplete() } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event, !isDone {
            rest.begin()
            timer?.set(.head, after: limits.silence)
            if saidHello { handOn(CommandConnection(.aperture, commands: port.commands, limits, list)) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    // MARK: - Ending

    func quiesce() { context?.close(promise: nil) }

    func cut() { context?.close(promise: nil) }

    private func end() {
        isDone = true
        timer?.cancel()
        context = nil
        list.remove(self)
    }

    // MARK: - Private

    private func decide() {
        guard let context, received.readableBytes > 0 else { return }
        if rest.began != nil {
            rest.end()
            timer?.set(.head, after: limits.head)
        }
        switch Opening.of(received.readableBytesView) {
        case nil: break
        case .hello(_, let transport) where !saidHello: greet(transport)
        case .tls where !hasTLS && !saidHello && port.tls != nil: beginTLS()
        case .hello, .tls: context.close(promise: nil)
        case .http: handOnHTTP()
        case .frame:
            handOn(CommandConnection(.vdms, commands: port.commands, refusal: plainRefusal, limits, list))
        }
    }

    /// Why this client is not served, as what follows could be read on the way; `nil` where it may.
    private var plainRefusal: String? {
        hasTLS ? nil : port.refusal(ofPlainFrom: context?.remoteAddress)
    }

    /// Answers a hello with the transport that there will be. A client that wanted another one goes away.
    private func greet(_ wanted: UInt32) {
        guard let context else { return }
        received.moveReaderIndex(forwardBy: Opening.helloByteCount)
        saidHello = true
        let isTLS = wanted == Opening.Transport.tls && !hasTLS && port.tls != nil
        let isPlain = wanted == Opening.Transport.plain && plainRefusal == nil
        var reply = context.channel.allocator.buffer(capacity: Opening.helloByteCount)
        let offered = plainRefusal != nil && port.tls != nil ? Opening.Transport.tls : Opening.Transport.plain
        let transport = isTLS || isPlain ? wanted : offered
        for number in [8, 1, transport] { reply.writeInteger(number, endianness: .little) }
        context.writeAndFlush(Reception.wrapOutboundOut(reply), promise: nil)
        if isTLS {
            beginTLS()
        } else if isPlain {
            handOn(CommandConnection(.aperture, commands: port.commands, limits, list))
        } else {
            context.close(promise: nil)
        }
    }

    /// Lays TLS below, and gives it what came already.
    private func beginTLS() {
        guard let context, let tls = port.tls else { return }
        hasTLS = true
        rest.end()
        timer?.set(.head, after: limits.head)
        let bytes = received
        received = ByteBuffer()
        do {
            try context.pipeline.syncOperations.addHandler(tls.makeHandler(), position: .first)
        } catch {
            return context.close(promise: nil)
        }
        guard bytes.readableBytes > 0 else { return }
        context.pipeline.fireChannelRead(bytes)
        context.pipeline.fireChannelReadComplete()
    }

    private func handOnHTTP() {
        guard let context else { return }
        var face = port.face
        face.refusal = plainRefusal
        do {
            try Connection.add(to: context.channel, behind: self, face: face, limits: limits, list: list)
        } catch {
            return context.close(promise: nil)
        }
        leave()
    }

    private func handOn(_ connection: CommandConnection) {
        guard let context else { return }
        do {
            try context.pipeline.syncOperations.addHandler(connection, position: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        leave()
    }

    /// Tells the handler behind what it has missed, and goes.
    private func leave() {
        guard let context else { return }
        let bytes = received
        received = ByteBuffer()
        end()
        context.fireChannelActive()
        if bytes.readableBytes > 0 {
            context.fireChannelRead(Reception.wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

extension SocketAddress {
    /// Whether it is this machine's own.
    var isLoopback: Bool {
        switch self {
        case .unixDomainSocket: return true
        case .v4, .v6:
            guard let text = ipAddress else { return false }
            return text.hasPrefix("127.") || text == "::1" || text.hasPrefix("::ffff:127.")
        }
    }
}
