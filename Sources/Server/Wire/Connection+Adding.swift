import NIOCore
import NIOHTTP1

extension Connection {
    /// Adds what serves HTTP to the end of a channel's pipeline, or behind a handler of it.
    static func add(
        to channel: any Channel, behind handler: (any ChannelHandler)? = nil, face: Face, limits: WireLimits,
        list: ConnectionList
    ) throws {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.fieldByteCount
        decoderLimits.maxHeaderListSize = limits.headByteCount
        decoderLimits.maxHeaderFieldCount = limits.fieldCount
        let connection = Connection(face: face, limits: limits, list: list)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(
            [
                ByteWatch(connection),
                ByteToMessageHandler(
                    HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)),
                connection,
            ], position: handler.map { .after($0) } ?? .last)
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
