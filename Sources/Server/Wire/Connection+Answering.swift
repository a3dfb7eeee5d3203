import Base
import Engine
import NIOCore
import NIOHTTP1

/// Asking the store, and sending what it says.
extension Connection {
    /// Longer answers go out in pieces of this many bytes, each when the one before has left.
    static let pieceByteCount = 256 << 10
    /// What goes into one buffer with the head, and so into one system call.
    private static let joinedByteCount = 32 << 10

    /// Asks the endpoint in a task of its own, which ends with the connection.
    func ask(_ request: Request, _ endpoint: Endpoint) {
        guard let loop = context?.eventLoop else { return }
        let isHead = current?.method == .HEAD
        let connection = NIOLoopBound(self, eventLoop: loop)
        // No task group could hold it: an event loop's connection is what it is for, and what cancels it.
        task = Task { [face] in
            let response = await face.answer(request, endpoint)
            guard !isHead, let make = response.pieces else {
                return loop.execute { connection.value.deliver(response) }
            }
            do {
                try await loop.submit { try connection.value.sendHead(of: response) }.get()
                try await make { bytes in
                    guard !bytes.isEmpty else { return }
                    try Task.checkCancellation()
                    let sent = loop.makePromise(of: Void.self)
                    loop.execute { connection.value.send(piece: bytes, sent) }
                    try await sent.futureResult.get()
                }
                loop.execute { connection.value.endPieces() }
            } catch {
                // The head is out: only a missing end can tell that something is wrong.
                loop.execute { connection.value.cut() }
            }
        }
    }

    /// Sends an answer that is no stream, whole.
    func send(_ response: Response) {
        guard let context, let current else { return }
        let closes = !current.keepsAlive || isQuiescing
        var head = context.channel.allocator.buffer(
            capacity: 512 + min(response.length ?? 0, Connection.joinedByteCount))
        writeHead(of: response, closes: closes, into: &head)
        var body: ByteBuffer?
        if current.method != .HEAD {
            switch response.body {
            case .bytes(let bytes) where bytes.count <= Connection.joinedByteCount: head.writeBytes(bytes)
            case .bytes(let bytes): body = ByteBuffer(bytes: bytes)
            case .buffer(let bytes): body = bytes
            case .none, .stream: break
            }
        }
        finish(status: Int(response.status.code))
        let sent = closes ? context.eventLoop.makePromise(of: Void.self) : nil
        if let body {
            context.write(NIOAny(head), promise: nil)
            context.write(NIOAny(body), promise: sent)
        } else {
            context.write(NIOAny(head), promise: sent)
        }
        goOn(isWhole: current.isWhole, closingAfter: sent)
    }

    /// Tells the client that its body is awaited.
    func sendContinue() {
        guard let context else { return }
        let line = context.channel.allocator.buffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
        context.write(NIOAny(line), promise: nil)
        flushSoon()
    }

    /// Notes that the request is done with, and forgets it.
    func finish(status: Int) {
        guard let current else { return }
        list.releaseBody(body.count)
        list.noteRequestEnd()
        body = []
        self.current = nil
        face.note(
            route: current.route, method: current.method, status: status,
            took: .nanoseconds((NIODeadline.now() - current.start).nanoseconds), target: current.target)
    }

    /// Does what a missed time limit asks for.
    func expire(_ expiry: ConnectionTimer.Expiry) {
        switch expiry {
        case .head, .idle, .linger: context?.close(promise: nil)
        case .body:
            guard phase == .receiving else { return }
            current?.answer = .failure(
                EngineError(.invalidRequest, "the request's body came too slowly, or not at all"),
                status: .requestTimeout)
            answerUnread()
            readMore()
        case .write:
            // A channel that cannot tell is closing already.
            let unsent = (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            if unsent == 0 {
                // All was taken: of a stream the next piece is being made.
                if phase == .idle { timer?.set(.idle, after: limits.idle) }
            } else if unsentCount == 0 || unsent < unsentCount {
                unsentCount = unsent
                timer?.set(.write, after: limits.write)
            } else {
                context?.close(promise: nil)
            }
        }
    }

    // MARK: - Private

    /// Takes an answer that a task has made.
    private func deliver(_ response: Response) {
        guard phase == .answering else { return }
        task = nil
        send(response)
        pump()
        readMore()
    }

    private func sendHead(of response: Response) throws {
        guard phase == .answering, let context, let current else { throw CancelledError() }
        let isUnknown = response.length == nil
        self.current?.isChunked = isUnknown && !current.isVersion10
        if isUnknown, current.isVersion10 { self.current?.keepsAlive = false }
        self.current?.status = Int(response.status.code)
        var head = context.channel.allocator.buffer(capacity: 512)
        let closes = self.current?.keepsAlive == false || isQuiescing
        if closes { self.current?.keepsAlive = false }
        writeHead(of: response, closes: closes, into: &head)
        timer?.set(.write, after: limits.write)
        context.writeAndFlush(NIOAny(head), promise: nil)
    }

    /// Sends a piece of the body; `sent` is done when it has left for the network.
    private func send(piece bytes: [UInt8], _ sent: EventLoopPromise<Void>) {
        guard phase == .answering, let context, let current else { return sent.fail(CancelledError()) }
        var piece = context.channel.allocator.buffer(capacity: bytes.count + 16)
        if current.isChunked { ResponseHead.writeChunkSize(bytes.count, into: &piece) }
        piece.writeBytes(bytes)
        if current.isChunked { piece.writeStaticString("\r\n") }
        unsentCount = 0
        timer?.set(.write, after: limits.write)
        context.writeAndFlush(NIOAny(piece), promise: sent)
    }

    private func endPieces() {
        guard phase == .answering, let context, let current else { return }
        task = nil
        finish(status: current.status)
        let closes = !current.keepsAlive || isQuiescing
        let sent = closes ? context.eventLoop.makePromise(of: Void.self) : nil
        let end: StaticString = current.isChunked ? "0\r\n\r\n" : ""
        context.write(NIOAny(context.channel.allocator.buffer(staticString: end)), promise: sent)
        goOn(isWhole: current.isWhole, closingAfter: sent)
        pump()
        readMore()
    }

    /// Goes to the next request, or closes once what was written is sent.
    private func goOn(isWhole: Bool, closingAfter sent: EventLoopPromise<Void>?) {
        guard let context else { return }
        unsentCount = 0
        if let sent {
            phase = .lingering
            timer?.set(.write, after: limits.write)
            sent.futureResult.assumeIsolated().whenComplete { _ in self.close(isWhole: isWhole) }
        } else {
            phase = .idle
        }
        flushSoon()
        if sent == nil {
            let isTaken = context.channel.isWritable
            timer?.set(isTaken ? .idle : .write, after: isTaken ? limits.idle : limits.write)
        }
    }

    /// Closes after the last answer. What the client is still sending is read and forgotten for a moment:
    /// closing on unread bytes would take the answer away from it.
    private func close(isWhole: Bool) {
        guard phase == .lingering, let context else { return }
        guard !isWhole || !arrivals.isEmpty else { return context.close(promise: nil) }
        arrivals.removeAll()
        timer?.set(.linger, after: limits.linger)
        context.close(mode: .output, promise: nil)
        readMore()
    }

    private func writeHead(of response: Response, closes: Bool, into buffer: inout ByteBuffer) {
        let isVersion10 = current?.isVersion10 ?? false
        let framing: ResponseHead.Framing =
            switch (response.status, response.length) {
            case (.noContent, _), (.notModified, _): .none
            case (_, let length?): .length(length)
            case (_, nil): isVersion10 || current?.method == .HEAD ? .none : .chunked
            }
        ResponseHead.write(
            response, framing: framing, connection: closes ? "close" : isVersion10 ? "keep-alive" : nil,
            into: &buffer)
    }
}

extension Response {
    /// Whether it goes out at once.
    var isSmall: Bool { pieces == nil }

    /// What makes the body piece by piece; `nil` for one that goes out at once.
    fileprivate var pieces: (@Sendable (_ write: @escaping Write) async throws -> Void)? {
        switch body {
        case .none, .buffer: return nil
        case .stream(_, let make): return make
        case .bytes(let bytes):
            guard bytes.count > 4 * Connection.pieceByteCount else { return nil }
            return { write in
                for start in stride(from: 0, to: bytes.count, by: Connection.pieceByteCount) {
                    try await write(Array(bytes[start..<min(start + Connection.pieceByteCount, bytes.count)]))
                }
            }
        }
    }
}
