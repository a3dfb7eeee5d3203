import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import Synchronization
import Testing

@testable import Server

/// What the query port bears: bytes that make no sense, clients that are slow, silent, gone, or too many.
@Suite(.serialized) struct QueryPortLimitTests {
    private static let anonymous = MemoryAuthority(role: "reader")

    @Test func `a message that is no protobuf is an error, and the next one is answered`() async throws {
        try await ServedPort.run(authority: Self.anonymous) { served in
            let replies = try await served.connect { client in
                var replies: [RawClient.Reply] = []
                for payload in [[0x0A, 0x7F, 0x5B], [0x0F, 1, 2, 3, 4, 5, 6, 7, 8, 9], []] as [[UInt8]] {
                    try client.send(RawClient.frame(payload))
                    replies.append(try client.reply())
                }
                try client.sendQuery("[]")
                return replies + [try client.reply()]
            }
            for reply in replies[..<2] {
                let answer = reply.json.arrayValue?.first?.objectValue
                #expect(answer?["FailedCommand"] == "Transaction")
                #expect(answer?["status"] == -1)
            }
            #expect(replies[2].first?["query"] == "")
            #expect(replies[3].first?["query"] == "[]")
        }
        try await ServedPort.run { served in
            let reply = try await served.connect { client in
                _ = try client.logIn()
                try client.send(RawClient.frame([0x0A, 0x7F, 0x5B]))
                return try client.reply()
            }
            #expect(reply.json.objectValue?["status"] == -1)
        }
    }

    @Test func `a frame that is too long is told so, and the connection closed`() async throws {
        try await ServedPort.run(authority: Self.anonymous, maxMessageBytes: 1_000) { served in
            let (reply, rest) = try await served.connect { client in
                try client.send([0xE9, 0x03, 0, 0] + RawClient.message("[]"))
                return (try client.reply(), try client.readToEnd())
            }
            #expect(reply.text.contains("1001 bytes, the limit is 1000"))
            #expect(rest.isEmpty)
            #expect(served.bodies.takenByteCount == 0)
            // What is just short enough is taken.
            let taken = try await served.connect { client in
                try client.sendQuery("[]", blobs: [[UInt8](repeating: 0, count: 800)])
                return try client.reply()
            }
            #expect(taken.blobs.first?.count == 800)
        }
    }

    @Test func `a reply that is too long has status 4 for ApertureDB, and is an error for VDMS`() async throws
    {
        let answering: QueryAnswering = { _, _, _ in
            CommandMessage(json: Array("[]".utf8), blobs: [[UInt8](repeating: 0, count: 2_000)])
        }
        try await ServedPort.run(authority: Self.anonymous, maxMessageBytes: 1_000, answering: answering) {
            served in
            let (aperture, vdms) = try await served.connect { client in
                let token = try client.logIn()
                try client.sendQuery("[]", token: token)
                let other = try RawClient(port: served.port)
                try other.sendQuery("[]")
                return (try client.reply(), try other.reply())
            }
            #expect(aperture.json.objectValue?["status"] == 4)
            #expect(vdms.json.arrayValue?.first?.objectValue?["status"] == -1)
            #expect(aperture.blobs.isEmpty && vdms.blobs.isEmpty)
        }
    }

    @Test(
        "who does not finish what was begun is given up",
        arguments: [
            [8, 0, 0], RawClient.hello() + [40], RawClient.hello() + [40, 0, 0, 0, 0x0A],
            [40, 0, 0, 0, 0x0A],
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00], Array("GET /hea".utf8), RawClient.hello(transport: 2),
        ] as [[UInt8]])
    func unfinished(bytes: [UInt8]) async throws {
        var limits = WireLimits()
        limits.head = .milliseconds(100)
        limits.body = .milliseconds(100)
        try await ServedPort.run(authority: Self.anonymous, limits: limits) { served in
            let rest = try await served.connect { client in
                try client.send(bytes)
                return try client.readToEnd()
            }
            let hello = bytes.count >= 12 ? Array(bytes[..<12]) : []
            #expect(rest == hello)
        }
    }

    @Test func `who says nothing is given up, before and after a login`() async throws {
        var limits = WireLimits()
        limits.silence = .milliseconds(500)
        limits.rest = .milliseconds(500)
        try await ServedPort.run(limits: limits) { served in
            let silent = try await served.connect { try $0.readToEnd() }
            #expect(silent.isEmpty)
            let rested = try await served.connect { client in
                _ = try client.logIn()
                return try client.readToEnd()
            }
            #expect(rested.isEmpty)
        }
    }

    @Test func `who never reads a reply is given up, and its memory with it`() async throws {
        var limits = WireLimits()
        limits.write = .milliseconds(200)
        let answering: QueryAnswering = { _, _, _ in
            CommandMessage(
                json: Array("[]".utf8),
                blobs: [[UInt8]](repeating: [UInt8](repeating: 7, count: 1 << 20), count: 64))
        }
        try await ServedPort.run(authority: Self.anonymous, limits: limits, answering: answering) { served in
            // It asks and then only waits until the server has let go of the reply.
            let came = try await served.connect { client in
                try client.sendQuery("[]")
                while served.bodies.takenByteCount < 64 << 20 { sched_yield() }
                while served.bodies.takenByteCount > 0 { sched_yield() }
                return try client.readToEnd().count
            }
            #expect(came < 64 << 20)
        }
    }

    @Test func `after a reply that had to wait for its reader, the next query is answered`() async throws {
        var limits = WireLimits()
        limits.rest = .seconds(20)
        let answering: QueryAnswering = { _, _, _ in
            CommandMessage(
                json: Array("[]".utf8),
                blobs: [[UInt8]](repeating: [UInt8](repeating: 7, count: 1 << 20), count: 64))
        }
        try await ServedPort.run(authority: Self.anonymous, limits: limits, answering: answering) { served in
            let counts = try await served.connect { client in
                try client.sendQuery("[]")
                // The reply is more than the sockets hold, and nobody reads before it is on its way.
                while served.bodies.takenByteCount < 64 << 20 { sched_yield() }
                let first = try client.reply().blobs.count
                try client.sendQuery("[]")
                return [first, try client.reply().blobs.count]
            }
            #expect(counts == [64, 64])
        }
    }

    @Test func `who leaves takes the running query along`() async throws {
        let (states, continuation) = AsyncStream.makeStream(of: String.self)
        let answering: QueryAnswering = { _, _, _ in
            continuation.yield("begun")
            await untilCancelled()
            continuation.yield("cancelled")
            return CommandMessage(json: Array("[]".utf8))
        }
        try await ServedPort.run(authority: Self.anonymous, answering: answering) { served in
            var iterator = states.makeAsyncIterator()
            let client = try await served.onThread {
                let client = try RawClient(port: served.port)
                try client.sendQuery("[]")
                return client
            }
            #expect(await iterator.next() == "begun")
            client.close()
            #expect(await iterator.next() == "cancelled")
        }
    }

    @Test func `messages beyond the memory for all of them are refused, and the connection goes on`()
        async throws
    {
        try await ServedPort.run(authority: Self.anonymous, bodyBytes: 100_000) { served in
            let (refused, served2) = try await served.connect { client in
                try client.sendQuery("[]", blobs: [[UInt8](repeating: 0, count: 200_000)])
                let refused = try client.reply()
                try client.sendQuery("[]", blobs: [[1]])
                return (refused, try client.reply())
            }
            #expect(refused.text.contains("try again later"))
            #expect(served2.blobs == [[1]])
            // The client may have the reply a moment before the server has let go of it.
            let deadline = ContinuousClock.now + .seconds(30)
            while served.bodies.takenByteCount > 0, ContinuousClock.now < deadline { sched_yield() }
            #expect(served.bodies.takenByteCount == 0)
        }
    }

    @Test func `500 connections rest, and those who ask are answered`() async throws {
        try await ServedPort.run(authority: Self.anonymous) { served in
            let replies = try await served.onThread {
                let resting = try (0..<500).map { number in
                    let client = try RawClient(port: served.port)
                    if number % 2 == 0 { _ = try client.logIn() }
                    return client
                }
                let asking = try RawClient(port: served.port)
                try asking.sendQuery("[1]")
                var replies = [try asking.reply()]
                // And so is whoever rested.
                try resting[499].sendQuery("[2]")
                replies.append(try resting[499].reply())
                return replies
            }
            #expect(replies.map { $0.first?["query"] } == ["[1]", "[2]"])
        }
    }

    @Test func `where there are too many, the one that has rested longest makes place`() async throws {
        var limits = WireLimits()
        limits.connections = 3
        limits.undisturbedRest = .zero
        try await ServedPort.run(authority: Self.anonymous, limits: limits) { served in
            let (first, others) = try await served.onThread {
                let clients = try (0..<3).map { number in
                    let client = try RawClient(port: served.port)
                    try client.sendQuery("[\(number)]")
                    _ = try client.reply()
                    return client
                }
                // A reply may be read before its connection is noted as resting.
                while !served.hasAnswered(3) { sched_yield() }
                let fourth = try RawClient(port: served.port)
                try fourth.sendQuery("[3]")
                var others = [try fourth.reply()]
                for client in clients[1...] {
                    try client.sendQuery("[4]")
                    others.append(try client.reply())
                }
                return (try clients[0].readToEnd(), others)
            }
            #expect(first.isEmpty)
            #expect(others.map { $0.first?["query"] } == ["[3]", "[4]", "[4]"])
        }
    }

    @Test func `where all are busy, one too many is closed`() async throws {
        var limits = WireLimits()
        limits.connections = 2
        limits.undisturbedRest = .zero
        let answering: QueryAnswering = { message, _, _ in
            await untilCancelled()
            return message
        }
        try await ServedPort.run(authority: Self.anonymous, limits: limits, answering: answering) { served in
            let rest = try await served.onThread {
                let busy = try (0..<2).map { _ in
                    let client = try RawClient(port: served.port)
                    try client.sendQuery("[]")
                    return client
                }
                while served.bodies.takenByteCount < 8 { sched_yield() }
                let third = try RawClient(port: served.port)
                defer { withExtendedLifetime(busy) {} }
                return try third.readToEnd()
            }
            #expect(rest.isEmpty)
        }
    }
}

/// Returns when the task is cancelled.
private func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        continuation.finish()
    }
}
