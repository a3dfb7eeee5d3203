import Base
import Engine
import NIOCore
import Query

/// A connection that speaks frames: takes messages off it one after another, and sends the replies in order.
///
/// Its state belongs to its event loop. While a message is answered nothing more is read, so that whoever
/// sends much waits for what it asked. The task that answers is cancelled when the connection closes.
final class CommandConnection: ChannelInboundHandler, ListedConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection is at.
    enum Phase {
        /// Between messages, or before the first.
        case resting
        /// A frame has begun.
        case receiving
        /// The message is whole, and is being answered.
        case answering
        /// The reply is being sent.
        case replying
        /// The last reply is sent; what still comes is forgotten.
        case lingering
        case closed
    }

    let dialect: CommandDialect
    let commands: CommandService
    /// What every message is answered with, where that is settled.
    private let refusal: String?
    let limits: WireLimits
    let list: ConnectionList
    let rest = Rest()
    var phase = Phase.resting
    var context: ChannelHandlerContext?
    var timer: ConnectionTimer?
    var task: Task<Void, Never>?
    var isQuiescing = false
    /// What came and was not looked at yet.
    var received = ByteBuffer()
    /// The frame that is coming in.
    var reader: MessageReader?
    /// When the message at hand began.
    var start = NIODeadline.now()
    /// Bytes of the message at hand that came, and those that are counted as held in memory.
    var receivedCount = 0
    var heldCount = 0
    /// The reply that is on its way.
    var writer: FrameWriter?
    /// Bytes that the channel had not sent when it was last looked at.
    var unsentCount = 0
    var isWriting = false
    private var isPumping = false

    /// - Parameter refusal: Why nobody is answered on this connection; `nil` where all are.
    init(
        _ dialect: CommandDialect, commands: CommandService, refusal: String? = nil, _ limits: WireLimits,
        _ list: ConnectionList
    ) {
        self.dialect = dialect
        self.commands = commands
        self.refusal = refusal
        self.limits = limits
        self.list = list
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = ConnectionTimer(on: context.eventLoop) { [weak self] expiry in self?.expire(expiry) }
        timer?.set(.idle, after: limits.silence)
        rest.begin()
        list.add(self, on: context.eventLoop, rest: rest)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .lingering, phase != .closed else { return }
        var bytes = CommandConnection.unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        pump()
    }

    func channelReadComplete(context: ChannelHandlerContext) { readMore() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        sendMore()
        pump()
        readMore()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    // MARK: - Ending

    func quiesce() {
        isQuiescing = true
        if phase == .resting, received.readableBytes == 0 { context?.close(promise: nil) }
    }

    func cut() { context?.close(promise: nil) }

    private func end() {
        guard phase != .closed else { return }
        if phase == .receiving || phase == .answering || phase == .replying { finish(isAnswered: false) }
        phase = .closed
        task?.cancel()
        task = nil
        timer?.cancel()
        received = ByteBuffer()
        context = nil
        list.remove(self)
    }

    // MARK: - Taking messages

    /// Takes what came in until something must be waited for.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        // Replies that the reader does not take must not pile up.
        while phase == .resting || phase == .receiving, received.readableBytes > 0,
            context?.channel.isWritable ?? false
        {
            if phase == .resting { begin() }
            guard let remaining = reader?.remaining else {
                guard let count: UInt32 = received.readInteger(endianness: .little) else { break }
                guard Int(count) <= commands.limits.byteCount else { return refuse(frameOf: Int(count)) }
                reader = MessageReader(byteCount: Int(count), limits: commands.limits)
                if count == 0 { ask() }
                continue
            }
            take(upTo: remaining)
        }
        if received.readableBytes == 0 { received.clear() }
    }

    /// Asks the channel for more where more is wanted: not while a reply has not been taken, as what then
    /// came would pile up.
    func readMore() {
        switch phase {
        case .resting, .receiving: if context?.channel.isWritable ?? false { context?.read() }
        case .lingering: context?.read()
        case .answering, .replying, .closed: break
        }
    }

    private func begin() {
        phase = .receiving
        start = .now()
        receivedCount = 0
        rest.end()
        list.noteRequest()
        timer?.set(.body, after: limits.body)
    }

    private func take(upTo count: Int) {
        let count = min(count, received.readableBytes)
        if heldCount == receivedCount {
            if list.takeBody(count) {
                heldCount += count
            } else {
                reader?.fail("too many messages are under way; try again later")
            }
        }
        receivedCount += count
        received.readWithUnsafeReadableBytes { bytes in
            (reader?.take(UnsafeRawBufferPointer(rebasing: bytes[..<count])) ?? 0, ())
        }
        if reader?.isWhole == true { return ask() }
        timer?.set(
            .body, at: start + limits.body + .seconds(Int64(receivedCount / limits.bytesPerSecond)))
    }

    /// Answers a frame that is longer than any may be, and closes: nothing after it could be found.
    private func refuse(frameOf count: Int) {
        isQuiescing = true
        answer(
            with: DialectReply.failure(
                "the message has \(count) bytes, the limit is \(commands.limits.byteCount)", dialect: dialect)
        )
    }

    /// Has the message answered, which is whole.
    private func ask() {
        var reader = self.reader
        self.reader = nil
        let message: QueryMessage
        do {
            guard let read = try reader?.finish() else { return }
            message = read
        } catch {
            return answer(with: DialectReply.failure(error.message, dialect: dialect))
        }
        if let refusal { return answer(with: DialectReply.failure(refusal, dialect: dialect)) }
        guard let context else { return }
        phase = .answering
        timer?.clear()
        let request = CommandMessage(json: message.json, blobs: message.blobs)
        let origin = context.remoteAddress?.ipAddress ?? "unknown"
        let (loop, connection) = (context.eventLoop, NIOLoopBound(self, eventLoop: context.eventLoop))
        // No task group could hold it: an event loop's connection is what it is for, and what cancels it.
        task = Task { [commands, dialect] in
            let reply =
                switch dialect {
                case .aperture:
                    await commands.answer(request, session: message.token, origin: origin)
                case .vdms: await commands.answerAnonymously(request, origin: origin)
                }
            loop.execute { connection.value.deliver(reply) }
        }
    }

    private func answer(with reply: CommandMessage) {
        phase = .answering
        timer?.clear()
        deliver(reply)
    }
}
