import Base
import Engine
import NIOCore
import NIOHTTP1
import Testing

@testable import Server

/// The server on real sockets, byte by byte.
@Suite(.serialized) struct HTTPServerTests {
    @Test func `whoever expects 100-continue is told to go on before sending the body`() async throws {
        try await ServedStore.run { served in
            let (before, after) = try await served.connect { client in
                let picture = ServedStore.ppm(width: 9, height: 9, seed: 3)
                try client.send(
                    "POST", "/v1/entities/Image",
                    headers: ["Content-Length: \(picture.count)", "Expect: 100-continue"])
                let before = try client.answer()
                try client.send(picture)
                return (before.status, try client.answer().status)
            }
            #expect(before == 100)
            #expect(after == 201)
        }
    }

    @Test(
        "whoever expects 100-continue and will be refused is told that instead",
        arguments: [
            ("/v1/entities/Image", "localhost", "Content-Length: 2000000", 413),
            ("/v1/entities/Image", "evil.example", "Content-Length: 100", 421),
            ("/v1/nothing", "localhost", "Transfer-Encoding: chunked", 404),
            ("/v1/schema", "localhost", "Content-Length: 100", 405),
        ])
    func refusedExpectation(target: String, host: String, length: String, status: Int) async throws {
        try await ServedStore.run(costs: Exchange.Limits(uploadByteCount: 1_000_000)) { served in
            let answer = try await served.connect { client in
                try client.send(
                    "POST \(target) HTTP/1.1\r\nHost: \(host)\r\n\(length)\r\nExpect: 100-continue\r\n\r\n")
                let answer = try client.answer()
                _ = try client.readToEnd()
                return answer
            }
            #expect(answer.status == status)
            #expect(answer.header("connection") == "close")
        }
    }

    @Test func `a head that does not come whole in time is given up`() async throws {
        var limits = WireLimits()
        limits.head = .milliseconds(100)
        try await ServedStore.run(limits: limits) { served in
            let rest = try await served.connect { client in
                try client.send("GET /health HTTP/1.1\r\nHost: local")
                return try client.readToEnd()
            }
            #expect(rest.isEmpty)
            // After an answer too, however long a connection may rest.
            let again = try await served.connect { client in
                try client.send("GET", "/health")
                _ = try client.answer()
                try client.send("GET /hea")
                return try client.readToEnd()
            }
            #expect(again.isEmpty)
        }
    }

    @Test func `a body that comes too slowly is answered with 408`() async throws {
        var limits = WireLimits()
        limits.body = .milliseconds(100)
        try await ServedStore.run(limits: limits) { served in
            let answer = try await served.connect { client in
                try client.send("POST", "/v1/entities/Image", headers: ["Content-Length: 1000"])
                try client.send("P6")
                return try client.answer()
            }
            #expect(answer.status == 408)
            #expect(answer.header("connection") == "close")
        }
    }

    @Test func `a connection at rest is closed after a while`() async throws {
        var limits = WireLimits()
        limits.idle = .milliseconds(100)
        try await ServedStore.run(limits: limits) { served in
            let rest = try await served.connect { client in
                try client.send("GET", "/health")
                _ = try client.answer()
                return try client.readToEnd()
            }
            #expect(rest.isEmpty)
        }
    }

    @Test func `beyond the limit of connections one is told so, and there is room again when one ends`()
        async throws
    {
        var limits = WireLimits()
        limits.connections = 2
        try await ServedStore.run(limits: limits) { served in
            let port = served.server.port
            let (refused, text, isServedAgain) = try await served.connect { first in
                try first.send("GET", "/health")
                _ = try first.answer()
                let second = try RawClient(port: port)
                try second.send("GET", "/health")
                _ = try second.answer()
                let third = try RawClient(port: port)
                let refusal = try third.answer()
                second.close()
                // The server hears of the end some time later; until then it refuses.
                for _ in 0..<10_000 {
                    let next = try RawClient(port: port)
                    try? next.send("GET", "/health")
                    if let answer = try? next.answer(), answer.status == 200 {
                        return (refusal.status, refusal.text, true)
                    }
                }
                return (refusal.status, refusal.text, false)
            }
            #expect(refused == 503)
            #expect(text.contains("2 connections are open"))
            #expect(isServedAgain)
        }
    }

    @Test func `what a client asked for is cancelled when it leaves, and counts as 499`() async throws {
        let events = AsyncStream.makeStream(of: String.self)
        let waiting = Endpoint(
            .GET, "/wait", operationID: "wait", summary: "", responses: []
        ) { _ in
            events.continuation.yield("begun")
            let never = AsyncStream.makeStream(of: Void.self)
            for await _ in never.stream {}  // Ends when the task is cancelled.
            events.continuation.yield(Task.isCancelled ? "cancelled" : "ended")
            return .text("")
        }
        try await ServedStore.run(more: [waiting]) { served in
            var iterator = events.stream.makeAsyncIterator()
            let client = try await served.connect { client in
                try client.send("GET", "/wait")
                return client
            }
            #expect(await iterator.next() == "begun")
            client.close()
            #expect(await iterator.next() == "cancelled")
            let metrics = try await served.answer("GET", "/metrics").text
            #expect(metrics.contains(#"_count{route="/wait",method="GET",status="499"} 1"#))
        }
    }

    @Test func `a stream whose reader stopped reading stops, and holds no more than a few pieces`()
        async throws
    {
        let events = AsyncStream.makeStream(of: Int.self)
        let endless = Endpoint(
            .GET, "/endless", operationID: "endless", summary: "", responses: []
        ) { _ in
            Response(
                .ok,
                body: .stream(length: nil) { write in
                    var count = 0
                    defer { events.continuation.yield(count) }
                    let piece = [UInt8](repeating: 0x78, count: 1 << 20)
                    while true {
                        try await write(piece)
                        count += 1
                    }
                })
        }
        var limits = WireLimits()
        limits.write = .milliseconds(200)
        try await ServedStore.run(limits: limits, more: [endless]) { served in
            var iterator = events.stream.makeAsyncIterator()
            let client = try await served.connect { client in
                try client.send("GET", "/endless")
                return client
            }
            let count = try #require(await iterator.next())
            // The system's own buffers for a loopback connection take some megabytes.
            #expect(count < 64)
            client.close()
        }
    }

    @Test func `requests sent together are answered in order`() async throws {
        try await ServedStore.run { served in
            let statuses = try await served.connect { client in
                let requests = ["/health", "/v1/schema", "/v1/nothing", "/health"]
                try client.send(
                    requests.map { "GET \($0) HTTP/1.1\r\nHost: localhost\r\n\r\n" }.joined())
                return try requests.map { _ in try client.answer().status }
            }
            #expect(statuses == [200, 200, 404, 200])
        }
    }

    @Test func `HTTP 1.0 is answered, and kept only where that was asked for`() async throws {
        try await ServedStore.run { served in
            try await served.add()
            let (first, second, lines) = try await served.connect { client in
                try client.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let first = try client.answer()
                try client.send(
                    "GET /v1/entities/Image/find HTTP/1.0\r\nAccept: application/x-ndjson\r\n\r\n")
                let second = try client.answer()
                return (first, second, second.text.split(separator: "\n").count)
            }
            #expect(first.header("connection") == "keep-alive")
            #expect(second.status == 200)
            #expect(second.header("transfer-encoding") == nil)
            #expect(lines == 1)
        }
    }

    @Test func `what runs is finished when the server ends, and what rests is closed at once`() async throws {
        let events = AsyncStream.makeStream(of: Void.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        let slow = Endpoint(.GET, "/slow", operationID: "slow", summary: "", responses: []) { _ in
            events.continuation.yield()
            for await _ in gate.stream { break }
            return .text("done")
        }
        try await ServedStore.run(more: [slow]) { served in
            let port = served.server.port
            let (resting, running) = try await served.connect { resting in
                try resting.send("GET", "/health")
                _ = try resting.answer()
                let running = try RawClient(port: port)
                try running.send("GET", "/slow")
                return (resting, running)
            }
            for await _ in events.stream { break }
            let ending = Task { try await served.server.finish() }
            let rest = try await served.onThread { try resting.readToEnd() }
            #expect(rest.isEmpty)
            gate.continuation.yield()
            let answer = try await served.onThread { try running.answer() }
            #expect(answer.text == "done")
            #expect(answer.header("connection") == "close")
            try await ending.value
        }
    }
}
