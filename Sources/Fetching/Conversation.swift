import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// What a request asks for, and what of an answer is taken.
struct PlannedRequest: Sendable {
    var head: HTTPRequestHead
    /// Bytes of a body, at most.
    var maxBytes: Int
    /// Whether a longer body is cut there instead of refused.
    var cutsLongBody: Bool
    var silence: TimeAmount
    var deadline: NIODeadline
    /// Looks at an answer before its body; throws where it is not wanted.
    var judge: @Sendable (HTTPResponseHead) throws -> Void
    /// Looks at the first 64 bytes of the body of a 200, or all of a shorter one.
    var isWanted: @Sendable ([UInt8]) -> Bool
    /// Where the body of a 200 goes; `nil` to keep it in memory.
    var file: BodyFile?
    var completion: @Sendable (Result<HTTPAnswer, FetchFailure>) -> Void
}

/// An answer that came whole.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    /// Empty where it went to a file.
    var body: [UInt8]
    /// Bytes of the body, wherever it went.
    var byteCount: Int
    /// Whether the connection can be used for a further request.
    var isReusable: Bool
}

/// Speaks HTTP/1.1 on one connection, a request at a time, and ends every one of them: with an answer, or
/// with the reason why there is none. A connection on which anything else came than one answer to each
/// request is closed.
///
/// Used on its event loop only.
final class Conversation: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = PlannedRequest
    typealias OutboundOut = HTTPClientRequestPart

    /// Bytes of the body of an answer that is no picture, such as a redirect's: read so that the connection
    /// can be used again.
    private static let maxOtherBytes = 64 << 10
    /// Bytes that tell what a body is.
    private static let startLength = 64

    private let host: String
    private var planned: PlannedRequest?
    private var head: HTTPResponseHead?
    /// Of one that goes to a file the beginning.
    private var body: [UInt8] = []
    /// Bytes that came, and those of them that wait to be written to the file.
    private var (received, waiting) = (0, 0)
    /// Whether all has come, and only the file is waited for.
    private var hasEnded = false
    private var isPaused = false
    private var limit = 0
    private var isRecognised = false
    private var lastHeard = NIODeadline.now()
    private var timer: Scheduled<Void>?

    /// Is told once requests may be sent: at once, or when the server has proved who it is.
    private var ready: EventLoopPromise<Void>?
    private let patience: TimeAmount

    /// - Parameters:
    ///   - ready: Fulfilled when the handshake of TLS is done, or why it is not.
    ///   - patience: How long that may take.
    init(host: String, ready: EventLoopPromise<Void>, isSecured: Bool, patience: TimeAmount) {
        self.host = host
        self.patience = patience
        if isSecured { self.ready = ready } else { ready.succeed() }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard ready != nil else { return }
        let time = patience
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            let milliseconds = time.nanoseconds / 1_000_000
            fail(FetchFailure(.timeout, "\(host) did not prove who it is within \(milliseconds) ms"), context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ready?.fail(FetchFailure(.connection, "\(host) took no connection"))
        ready = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            timer?.cancel()
            ready?.succeed()
            ready = nil
        }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        guard planned == nil, context.channel.isActive else {
            request.completion(.failure(FetchFailure(.connection, "\(host) closed the connection")))
            promise?.succeed()
            return
        }
        planned = request
        (head, body, isRecognised) = (nil, [], false)
        (received, waiting, hasEnded) = (0, 0, false)
        lastHeard = .now()
        setTimer(context)
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let planned else {
            context.close(promise: nil)
            return
        }
        lastHeard = .now()
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, planned, context)
        case .body(let part): take(part, planned, context)
        case .end: end(planned, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure: FetchFailure
        switch error {
        case HTTPParserError.invalidEOFState where head != nil:
            failure = FetchFailure(.truncated, "the body ended after \(received) bytes, before its end")
        case NIOSSLError.uncleanShutdown where head != nil:
            failure = FetchFailure(.truncated, "the connection was cut after \(received) bytes of the body")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            failure = FetchFailure(.tls, "\(host) did not prove who it is: \(error)")
        case is HTTPParserError: failure = FetchFailure(.malformed, "\(host) answered no HTTP: \(error)")
        default: failure = FetchFailure(.connection, "\(host): \(error)")
        }
        fail(failure, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if hasEnded {
            // All is here but for the disk.
        } else if head != nil {
            fail(
                FetchFailure(.truncated, "the connection ended after \(received) bytes of the body"),
                context)
        } else {
            fail(FetchFailure(.connection, "\(host) closed the connection without an answer"), context)
        }
        context.fireChannelInactive()
    }

    // MARK: - Private

    private func begin(
        _ head: HTTPResponseHead, _ planned: PlannedRequest, _ context: ChannelHandlerContext
    ) {
        guard self.head == nil else {
            return fail(FetchFailure(.malformed, "\(host) answered twice"), context)
        }
        self.head = head
        let isWhole = head.status == .ok
        limit = isWhole ? planned.maxBytes : min(planned.maxBytes, Conversation.maxOtherBytes)
        do {
            try planned.judge(head)
            guard isWhole else { return }
            // We asked for none. What a few bytes may grow to is not found out here.
            let encodings = head.headers[canonicalForm: "content-encoding"]
            if let encoding = encodings.first(where: { $0.lowercased() != "identity" && !$0.isEmpty }) {
                throw FetchFailure(.wrongContent, "the body is encoded as '\(encoding.prefix(40))', unasked")
            }
            if let text = head.headers.first(name: "content-length"), let length = Int(text) {
                if length > limit, !planned.cutsLongBody { throw tooLarge(length) }
                // Claimed is not sent: memory is taken in steps.
                body.reserveCapacity(min(length, limit, 1 << 20))
            }
        } catch {
            fail(error as? FetchFailure ?? FetchFailure(.malformed, "\(host): \(error)"), context)
        }
    }

    private func take(
        _ part: ByteBuffer, _ planned: PlannedRequest, _ context: ChannelHandlerContext
    ) {
        guard let head else { return }
        let room = limit - received
        if part.readableBytes <= room {
            received += part.readableBytes
            if let file = planned.file, head.status == .ok {
                let missing = max(0, Conversation.startLength - body.count)
                body.append(contentsOf: part.readableBytesView.prefix(missing))
                write(part, to: file, context)
            } else {
                body.append(contentsOf: part.readableBytesView)
            }
        } else if head.status == .ok, !planned.cutsLongBody {
            return fail(tooLarge(received + part.readableBytes), context)
        } else {
            body.append(contentsOf: part.readableBytesView.prefix(room))
            return succeed(HTTPAnswer(head, body, body.count, isReusable: false), context)
        }
        recognise(head, planned, context, isAll: false)
    }

    /// Has a piece written, and reads no more as long as many wait.
    private func write(_ part: ByteBuffer, to file: BodyFile, _ context: ChannelHandlerContext) {
        let count = part.readableBytes
        waiting += count
        if waiting > BodyFile.waitingLimit, !isPaused {
            isPaused = true
            context.channel.setOption(ChannelOptions.autoRead, value: false).whenComplete { _ in }
        }
        let channel = context.channel
        let loop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: loop)
        file.append(Array(part.readableBytesView)) { failure in
            loop.execute {
                let (conversation, context) = bound.value
                conversation.wrote(count, to: file, failure, context, channel)
            }
        }
    }

    private func wrote(
        _ count: Int, to file: BodyFile, _ failure: FetchFailure?, _ context: ChannelHandlerContext,
        _ channel: any Channel
    ) {
        // It may have failed meanwhile.
        guard let planned, planned.file === file else { return }
        waiting -= count
        lastHeard = .now()
        if let failure { return fail(failure, context) }
        if isPaused, waiting < BodyFile.waitingLimit / 2 {
            isPaused = false
            channel.setOption(ChannelOptions.autoRead, value: true).whenComplete { _ in }
        }
        if hasEnded { end(planned, context) }
    }

    private func end(_ planned: PlannedRequest, _ context: ChannelHandlerContext) {
        guard let head else { return }
        recognise(head, planned, context, isAll: true)
        guard self.planned != nil else { return }
        if waiting > 0 {
            hasEnded = true
            return
        }
        let isInFile = planned.file != nil && head.status == .ok
        let isReusable = head.isKeepAlive && context.channel.isActive
        succeed(HTTPAnswer(head, isInFile ? [] : body, received, isReusable: isReusable), context)
    }

    /// Gives up what is not wanted as soon as its beginning tells.
    private func recognise(
        _ head: HTTPResponseHead, _ planned: PlannedRequest, _ context: ChannelHandlerContext, isAll: Bool
    ) {
        guard !isRecognised, head.status == .ok, isAll || body.count >= Conversation.startLength else {
            return
        }
        isRecognised = true
        if planned.isWanted(Array(body.prefix(Conversation.startLength))) { return }
        let type = head.headers.first(name: "content-type")?.prefix(60) ?? "none"
        let what = body.isEmpty ? "the body is empty" : "the bytes are no image that we know"
        fail(FetchFailure(.wrongContent, "\(what) (content type \(type))", status: 200), context)
    }

    private func tooLarge(_ count: Int) -> FetchFailure {
        FetchFailure(.tooLarge, "the body has \(count) bytes or more, the limit is \(limit)", status: 200)
    }

    private func succeed(_ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
        finish(.success(answer))
        if !answer.isReusable { context.close(promise: nil) }
    }

    private func fail(_ failure: FetchFailure, _ context: ChannelHandlerContext) {
        var failure = failure
        failure.status = failure.status ?? head.map { Int($0.status.code) }
        // First: closing tells at once that the connection has ended, which would be taken for the reason.
        finish(.failure(failure))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<HTTPAnswer, FetchFailure>) {
        timer?.cancel()
        timer = nil
        if case .failure(let failure) = result { ready?.fail(failure) }
        ready = nil
        guard let completion = planned?.completion else { return }
        (planned, head, body) = (nil, nil, [])
        completion(result)
    }

    /// One timer an exchange: it looks when something was last heard, and sets itself again.
    private func setTimer(_ context: ChannelHandlerContext) {
        guard let planned else { return }
        let due = min(lastHeard + planned.silence, planned.deadline)
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [self] in
            let now = NIODeadline.now()
            if now >= planned.deadline {
                fail(FetchFailure(.timeout, "the answer took longer than all its time"), context)
            } else if now >= lastHeard + planned.silence {
                let silence = planned.silence.nanoseconds / 1_000_000
                fail(FetchFailure(.timeout, "\(host) was silent for \(silence) ms"), context)
            } else {
                setTimer(context)
            }
        }
    }
}

extension HTTPAnswer {
    fileprivate init(_ head: HTTPResponseHead, _ body: [UInt8], _ byteCount: Int, isReusable: Bool) {
        self.init(
            status: Int(head.status.code), headers: head.headers, body: body, byteCount: byteCount,
            isReusable: isReusable)
    }
}
