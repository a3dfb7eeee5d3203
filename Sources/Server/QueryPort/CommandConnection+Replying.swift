import Engine
import NIOCore
import Query

/// Sending replies, and the limits of time.
extension CommandConnection {
    /// Bytes that are handed to the channel at a time.
    private static let pieceByteCount = 256 << 10

    /// Takes the reply that the message at hand has got.
    func deliver(_ reply: CommandMessage) {
        guard phase == .answering else { return }
        task = nil
        // The message is done with; its reply is held from here on.
        list.releaseBody(heldCount)
        var writer = FrameWriter(reply)
        heldCount = 0
        if list.takeBody(writer.byteCount) {
            heldCount = writer.byteCount
        } else {
            writer = FrameWriter(
                DialectReply.failure("too many replies are being sent; try again later", dialect: dialect))
        }
        self.writer = writer
        phase = .replying
        unsentCount = 0
        timer?.set(.write, after: limits.write)
        sendMore()
        pump()
        readMore()
    }

    /// Hands over what the channel has room for.
    func sendMore() {
        guard !isWriting, phase == .replying, let context else { return }
        isWriting = true
        defer { isWriting = false }
        while let count = writer?.byteCount, context.channel.isWritable {
            var piece = context.channel.allocator.buffer(
                capacity: min(count + 16, CommandConnection.pieceByteCount))
            writer?.write(into: &piece, upTo: CommandConnection.pieceByteCount)
            let isLast = writer?.isAtEnd ?? true
            guard isLast else {
                unsentCount = 0
                timer?.set(.write, after: limits.write)
                context.writeAndFlush(CommandConnection.wrapOutboundOut(piece), promise: nil)
                continue
            }
            let sent = isQuiescing ? context.eventLoop.makePromise(of: Void.self) : nil
            context.writeAndFlush(CommandConnection.wrapOutboundOut(piece), promise: sent)
            return goOn(closingAfter: sent)
        }
    }

    /// Notes that the message is done with.
    func finish(isAnswered: Bool) {
        list.releaseBody(heldCount)
        heldCount = 0
        reader = nil
        writer = nil
        list.noteRequestEnd()
        list.metrics.record(
            dialect: dialect.rawValue, isAnswered: isAnswered,
            seconds: Double((NIODeadline.now() - start).nanoseconds) / 1e9)
    }

    /// Does what a missed time limit asks for.
    func expire(_ expiry: ConnectionTimer.Expiry) {
        switch expiry {
        case .head, .body, .idle, .linger: context?.close(promise: nil)
        case .write:
            // A channel that cannot tell is closing already.
            let unsent = (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            if unsent == 0 {
                if phase == .resting { timer?.set(.idle, after: limits.rest) }
            } else if unsentCount == 0 || unsent < unsentCount {
                unsentCount = unsent
                timer?.set(.write, after: limits.write)
            } else {
                context?.close(promise: nil)
            }
        }
    }

    // MARK: - Private

    /// Goes to the next message, or closes once what was written is sent.
    private func goOn(closingAfter sent: EventLoopPromise<Void>?) {
        // Whoever reads of this answer in the metrics finds its connection resting.
        if sent == nil { rest.begin() }
        finish(isAnswered: true)
        unsentCount = 0
        if let sent {
            phase = .lingering
            timer?.set(.write, after: limits.write)
            sent.futureResult.assumeIsolated().whenComplete { _ in self.linger() }
            return
        }
        phase = .resting
        let isTaken = context?.channel.isWritable ?? false
        timer?.set(isTaken ? .idle : .write, after: isTaken ? limits.rest : limits.write)
    }

    /// Closes after the last reply. What the client is still sending is read and forgotten for a moment:
    /// closing on unread bytes would take the reply away from it.
    private func linger() {
        guard phase == .lingering, let context else { return }
        received = ByteBuffer()
        timer?.set(.linger, after: limits.linger)
        context.close(mode: .output, promise: nil)
        readMore()
    }
}
