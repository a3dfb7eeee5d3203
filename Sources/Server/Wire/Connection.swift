import Base
import Engine
import NIOCore
import NIOHTTP1
import NIOSSL

/// One connection: takes requests off it one after another, and sends their answers.
///
/// Its state belongs to its event loop. A request is read whole, with its body, before its endpoint is asked;
/// until the answer is sent nothing more is read, so that whoever sends much waits for what it asked. The
/// store is asked in a task, which is cancelled when the connection closes.
final class Connection: ChannelInboundHandler, ListedConnection {
    typealias InboundIn = HTTPServerRequestPart

    /// What the connection is at.
    enum Phase {
        /// Between requests, or before the first.
        case idle
        /// A head was read, and its body is being read.
        case receiving
        /// The request is whole, and its answer is being made or sent.
        case answering
        /// The last answer is sent; what still comes is forgotten.
        case lingering
        case closed
    }

    /// What came in and waits its turn.
    enum Arrival {
        case part(HTTPServerRequestPart)
        case unreadable(any Error)
    }

    /// The request that the connection is at.
    struct Current {
        var method: HTTPMethod
        var target: String
        var route = "unreadable"
        var start = NIODeadline.now()
        /// Whether the connection may be used again afterwards.
        var keepsAlive = true
        /// Whether the client must be told so: HTTP/1.0 does not expect it.
        var isVersion10 = false
        /// What the store is to be asked; `nil` where the answer is known.
        var request: (Request, Endpoint)?
        var answer: Response?
        var bodyLimit = 0
        var receivedCount = 0
        /// Whether its end was read, so that nothing of it can still come.
        var isWhole = false
        /// Whether its answer goes out in chunks.
        var isChunked = false
        /// Of an answer whose head is sent, and whose pieces are on their way.
        var status = 0
    }

    let face: Face
    let limits: WireLimits
    let list: ConnectionList
    var phase = Phase.idle
    var current: Current?
    var body: [UInt8] = []
    var context: ChannelHandlerContext?
    var isQuiescing = false
    /// Whether no request has come yet.
    private var isFresh = true
    var task: Task<Void, Never>?
    var timer: ConnectionTimer?
    /// Bytes that the channel had not sent when it was last looked at.
    var unsentCount = 0
    var arrivals = CircularBuffer<Arrival>()
    private var isPumping = false
    private var mustFlush = false

    init(face: Face, limits: WireLimits, list: ConnectionList) {
        self.face = face
        self.limits = limits
        self.list = list
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = ConnectionTimer(on: context.eventLoop) { [weak self] expiry in self?.expire(expiry) }
        timer?.set(.head, after: limits.head)
        list.add(self, on: context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .lingering, phase != .closed else { return }
        arrivals.append(.part(Connection.unwrapInboundIn(data)))
        pump()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pump()
        readMore()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Of a connection that is gone, what was cut short is no news.
        guard context.channel.isActive, phase != .lingering, phase != .closed else { return }
        let isOfTransport =
            error is IOError || error is ChannelError || error is NIOSSLError || error is BoringSSLError
        guard !isOfTransport else { return context.close(promise: nil) }
        arrivals.append(.unreadable(error))
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    /// Bytes came, whatever they mean: a head must be whole some time after its first byte.
    func noteBytes() {
        if phase == .idle, timer?.expiry == .idle { timer?.set(.head, after: limits.head) }
    }

    // MARK: - Ending

    /// Finishes the request that it is at, and then closes. One without a request yet may still send it, if
    /// that comes soon.
    func quiesce() {
        isQuiescing = true
        guard phase == .idle, arrivals.isEmpty else { return }
        if isFresh {
            timer?.set(.head, after: limits.firstWord)
        } else {
            context?.close(promise: nil)
        }
    }

    /// Closes at once.
    func cut() { context?.close(promise: nil) }

    private func end() {
        guard phase != .closed else { return }
        if current != nil { finish(status: 499) }
        phase = .closed
        task?.cancel()
        task = nil
        timer?.cancel()
        arrivals.removeAll()
        context = nil
        list.remove(self)
    }

    // MARK: - Taking requests

    /// Takes what came in, in order, until something must be waited for.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        // Answers that the reader does not take must not pile up.
        while phase == .idle || phase == .receiving, context?.channel.isWritable ?? false,
            let arrival = arrivals.popFirst()
        {
            switch arrival {
            case .part(.head(let head)): begin(head)
            case .part(.body(let buffer)): take(buffer)
            case .part(.end): takeEnd()
            case .unreadable(let error): refuse(error)
            }
        }
        if mustFlush {
            mustFlush = false
            context?.flush()
        }
    }

    /// Asks the channel for more where more is wanted.
    func readMore() {
        switch phase {
        case .receiving where current?.request?.0.spool?.isBehind == true: break
        case .idle, .receiving, .lingering: context?.read()
        case .answering, .closed: break
        }
    }

    func flushSoon() {
        if isPumping { mustFlush = true } else { context?.flush() }
    }

    private func begin(_ received: HTTPRequestHead) {
        var head = received
        head.headers.trimValues()
        isFresh = false
        list.noteRequest()
        var current = Current(method: head.method, target: head.uri)
        current.isVersion10 = (head.version.major, head.version.minor) < (1, 1)
        // After an upgrade that was not granted the decoder reads no further.
        let isUpgrade = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        current.keepsAlive = head.isKeepAlive && !isUpgrade && !isQuiescing
        let announced = head.headers.first(name: "content-length").flatMap(Int.init)
        let hasBody =
            announced != 0
            && (head.headers.contains(name: "content-length")
                || head.headers.contains(name: "transfer-encoding"))
        let expectation = current.isVersion10 ? nil : head.headers.first(name: "expect")?.lowercased()
        if isQuiescing, face.service.isHolderSocket {
            current.answer = .holderEnded
        } else if !current.isVersion10, !head.headers.contains(name: "host") {
            current.answer = .failure(
                EngineError(.invalidRequest, "an HTTP/1.1 request needs a Host header", path: "Host"))
            current.keepsAlive = false
        } else if let coding = head.headers.first(name: "transfer-encoding"),
            coding.lowercased() != "chunked" || current.isVersion10
        {
            current.answer = .failure(
                EngineError(
                    .invalidRequest,
                    current.isVersion10
                        ? "HTTP/1.0 has no transfer codings"
                        : "the only transfer coding known here is 'chunked'",
                    path: "Transfer-Encoding"))
            current.keepsAlive = false
        } else if let expectation, expectation != "100-continue" {
            current.answer = .failure(
                EngineError(.invalidRequest, "only '100-continue' can be expected", path: "Expect"),
                status: .expectationFailed)
        } else {
            switch face.admit(
                head.method, head.uri, head.headers, origin: context?.remoteAddress?.ipAddress ?? "local")
            {
            case .answered(let response, let route):
                current.answer = response
                current.route = route
            case .admitted(var request, let endpoint, let bodyLimit):
                if endpoint.spoolByteCount != nil {
                    request.spool = BodySpool(of: face.service.store)
                }
                current.route = endpoint.path
                current.request = (request, endpoint)
                current.bodyLimit = bodyLimit
            }
        }
        if current.request != nil, let announced, announced > max(current.bodyLimit, limits.skippedByteCount)
        {
            current.request = nil
            current.answer = .failure(Connection.tooLong(announced, current.bodyLimit))
        }
        self.current = current
        phase = .receiving
        timer?.set(.body, after: limits.body)
        guard hasBody else { return }
        if current.answer != nil {
            // Whoever asks first is answered first; of a long body nothing is read.
            if expectation != nil || announced ?? .max > limits.skippedByteCount { answerUnread() }
        } else if expectation != nil {
            sendContinue()
        }
    }

    private func take(_ buffer: ByteBuffer) {
        guard phase == .receiving, let current else { return }
        let count = current.receivedCount + buffer.readableBytes
        self.current?.receivedCount = count
        timer?.set(
            .body, at: current.start + limits.body + .seconds(Int64(count / limits.bytesPerSecond)))
        let isWanted = current.request != nil && current.bodyLimit > 0
        guard isWanted else {
            if count > limits.skippedByteCount { answerUnread() }
            return
        }
        if count > current.bodyLimit {
            self.current?.answer = .failure(Connection.tooLong(nil, current.bodyLimit))
            return answerUnread()
        }
        if let spool = current.request?.0.spool, let loop = context?.eventLoop {
            let connection = NIOLoopBound(self, eventLoop: loop)
            return spool.write(buffer) { loop.execute { connection.value.readMore() } }
        }
        guard list.takeBody(buffer.readableBytes) else {
            self.current?.answer = .failure(
                EngineError(.overloaded, "too many uploads are under way; try again later"))
            return answerUnread()
        }
        body.append(contentsOf: buffer.readableBytesView)
    }

    private func takeEnd() {
        guard phase == .receiving, let current else { return }
        phase = .answering
        timer?.clear()
        self.current?.isWhole = true
        if let answer = current.answer { return send(answer) }
        guard case (var request, let endpoint)? = current.request else { return }
        request.body = body
        self.current?.request = nil
        if let answer = face.answerAtOnce(request, endpoint), answer.isSmall { return send(answer) }
        ask(request, endpoint)
    }

    /// Answers though the body was not read; the connection is of no use afterwards.
    func answerUnread() {
        guard let current else { return }
        self.current?.keepsAlive = false
        phase = .answering
        timer?.clear()
        send(
            current.answer
                ?? .failure(Connection.tooLong(nil, max(current.bodyLimit, limits.skippedByteCount))))
    }

    /// Answers what is no HTTP.
    private func refuse(_ error: any Error) {
        if current == nil { list.noteRequest() }
        var current = current ?? Current(method: .RAW(value: "?"), target: "?")
        let status: HTTPResponseStatus =
            switch error as? HTTPParserError {
            case .headerOverflow: .requestHeaderFieldsTooLarge
            case .invalidVersion: .httpVersionNotSupported
            default: .badRequest
            }
        current.answer = .failure(
            EngineError(.invalidRequest, "this is no HTTP request: \(error)"), status: status)
        self.current = current
        answerUnread()
    }

    private static func tooLong(_ announced: Int?, _ limit: Int) -> EngineError {
        EngineError(
            .limitExceeded,
            announced.map { "the body has \($0) bytes, the limit is \(limit)" }
                ?? "the body has more than \(limit) bytes, which is the limit")
    }
}

extension HTTPHeaders {
    /// Takes off the white space behind values, which is no part of them (RFC 9110, 5.5); what stands before
    /// them the decoder has taken off.
    fileprivate mutating func trimValues() {
        func endsInSpace(_ value: String) -> Bool { value.utf8.last == 0x20 || value.utf8.last == 0x09 }
        guard contains(where: { endsInSpace($0.value) }) else { return }
        self = HTTPHeaders(
            map { name, value in
                var value = value
                while endsInSpace(value) { value.removeLast() }
                return (name, value)
            })
    }
}
