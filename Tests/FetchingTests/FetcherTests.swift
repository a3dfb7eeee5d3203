@testable import Fetching
import Foundation
import Synchronization
import TestSupport
import Testing

/// Names that resolve as the test says: each question takes the next answer, the last one stays.
private final class ScriptedNames: NameResolver {
    private let answers: Mutex<[[String]]>
    private let count = Mutex(0)
    var questions: Int { count.withLock { $0 } }

    init(_ answers: [String]...) { self.answers = Mutex(answers) }

    func addresses(of host: String) async throws -> [IPAddress] {
        count.withLock { $0 += 1 }
        return answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.compactMap { IPAddress($0) }
    }
}

@Suite(.onOwnThreads) struct FetcherTests {
    private static let picture = Picture.ppm(width: 8, height: 8)
    private static let isPicture: @Sendable ([UInt8]) -> Bool = { $0.starts(with: "P6".utf8) }
    /// All of the loopback counts as private but for 127.0.0.2, which stands for the public internet.
    private static let outside = AddressPolicy { $0 == IPAddress("127.0.0.2") }

    private func options() -> FetchOptions {
        var options = FetchOptions(userAgent: "Fovea/1 (+mailto:me@example.org)")
        options.delay = .zero
        options.keepsToRobots = false
        // Whoever tests beside this may keep all cores busy for long.
        options.silence = .seconds(600)
        options.total = .seconds(600)
        options.maxBytes = 100_000
        return options
    }

    private func fetch(
        _ url: String, _ options: FetchOptions, policy: AddressPolicy = .everything,
        resolver: any NameResolver = SystemNames(threadCount: 1)
    ) async throws -> Result<Fetcher.Fetched, FetchFailure> {
        let fetcher = try Fetcher(options, policy: policy, resolver: resolver)
        defer { fetcher.close() }
        return await fetcher.fetch(try WebURL(url), isWanted: Self.isPicture)
    }

    private func failure(
        _ url: String, _ options: FetchOptions? = nil, policy: AddressPolicy = .everything,
        resolver: any NameResolver = SystemNames(threadCount: 1)
    ) async throws -> FetchFailure? {
        try await fetch(url, options ?? self.options(), policy: policy, resolver: resolver).failure
    }

    @Test func `a picture comes with its bytes, and the server learns who asks`() async throws {
        let server = try ScriptedServer { _ in .answer(200, [], Self.picture) }
        let fetched = try await fetch(server.root + "/a?b", options()).get()
        #expect(fetched.bytes == Self.picture)
        let request = try #require(server.requests.first)
        #expect(request.target == "/a?b" && request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.headers["user-agent"] == "Fovea/1 (+mailto:me@example.org)")
    }

    @Test func `a body goes to a file as it comes, behind redirects, and leaves the connection usable`()
        async throws
    {
        // More than is let wait for the disk.
        let body = (0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 11) }
        let server = try ScriptedServer { request in
            switch request.target {
            case "/moved": .answer(302, [("location", "/body")], Array("elsewhere".utf8))
            case "/body": .answer(200, [], body)
            case "/none": .answer(404, [], Array("nothing".utf8))
            case "/chunked":
                .bytes(
                    ScriptedServer.Reply.head(200, [("transfer-encoding", "chunked")])
                        + Array("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8))
            default: .close(ScriptedServer.Reply.head(200, [("content-length", "10")]) + [1, 2, 3])
            }
        }
        let folder = try TemporaryFolder()
        let path = try folder.write([9, 9], to: "body")
        var options = options()
        options.maxBytes = body.count
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        func fetch(_ target: String) async throws -> Result<Int, FetchFailure> {
            await fetcher.fetch(try WebURL(server.root + target), toFile: path)
        }
        #expect(try await fetch("/moved").get() == body.count)
        #expect(try contents(of: folder.url.appendingPathComponent("body")) == body)
        #expect(try await fetch("/chunked").get() == 5)
        #expect(try contents(of: folder.url.appendingPathComponent("body")) == Array("abcde".utf8))
        #expect(try await fetch("/none").failure?.status == 404)
        #expect(try contents(of: folder.url.appendingPathComponent("body")).isEmpty)
        #expect(server.connectionCount == 1)
        #expect(try await fetch("/cut").failure?.code == .truncated)
        options.maxBytes = body.count - 1
        let smaller = try Fetcher(options, policy: .everything)
        defer { smaller.close() }
        let refused = await smaller.fetch(try WebURL(server.root + "/body"), toFile: path)
        #expect(refused.failure?.code == .tooLarge)
        let nowhere = await fetcher.fetch(try WebURL(server.root + "/body"), toFile: path + "/x")
        #expect(nowhere.failure?.code == .notKept)
        let full = await fetcher.fetch(try WebURL(server.root + "/body"), toFile: "/dev/full")
        #expect(full.failure?.code == .diskFull, "\(full)")
        let unwanted = await fetcher.fetch(try WebURL(server.root + "/body"), toFile: path) { _ in false }
        #expect(unwanted.failure?.code == .wrongContent)
    }

    @Test func `one connection serves many requests, and one that was closed meanwhile is made anew`()
        async throws
    {
        let server = try ScriptedServer { request in
            request.target == "/last"
                ? .close(
                    ScriptedServer.Reply.head(200, [("content-length", "\(Self.picture.count)")])
                        + Self.picture)
                : .answer(200, [], Self.picture)
        }
        let fetcher = try Fetcher(options(), policy: .everything)
        defer { fetcher.close() }
        for path in ["/1", "/2", "/3", "/last", "/4", "/5"] {
            #expect(try await fetcher.fetch(try WebURL(server.root + path)).get().bytes == Self.picture)
        }
        #expect(server.connectionCount == 2)
    }

    @Test func `a private address is refused, whether written, resolved or in a redirect`() async throws {
        let inner = try ScriptedServer { _ in .answer(200, [], Self.picture) }
        let outer = try ScriptedServer(host: "127.0.0.2") { request in
            switch request.target {
            case "/written": .answer(302, [("location", "\(inner.root)/secret")])
            case "/named": .answer(302, [("location", "http://localhost:\(inner.port)/secret")])
            case "/mapped": .answer(302, [("location", "http://[::ffff:127.0.0.1]:\(inner.port)/")])
            case "/file": .answer(302, [("location", "file:///etc/passwd")])
            case "/user": .answer(302, [("location", "http://a:b@127.0.0.2/")])
            default: .answer(200, [], Self.picture)
            }
        }
        #expect(
            try await fetch(outer.root + "/", options(), policy: Self.outside).get().bytes == Self.picture)
        for path in ["/written", "/named", "/mapped"] {
            let failure = try await failure(outer.root + path, policy: Self.outside)
            #expect(failure?.code == .privateAddress && failure?.isRefusal == true, "\(path)")
        }
        for path in ["/file", "/user"] {
            #expect(try await failure(outer.root + path, policy: Self.outside)?.code == .redirect, "\(path)")
        }
        for url in [
            inner.root, "http://localhost:\(inner.port)", "http://[::1]:\(inner.port)",
            "http://169.254.169.254/",
            "http://10.0.0.1", "http://[::ffff:127.0.0.1]:\(inner.port)",
        ] {
            #expect(try await failure(url, policy: .globallyRoutable)?.code == .privateAddress, "\(url)")
        }
        #expect(inner.connectionCount == 0, "nobody came in")
    }

    @Test func `a name that changes its address is looked at each time it is connected to, and only then`()
        async throws
    {
        let inner = try ScriptedServer { _ in .answer(200, [], Self.picture) }
        let outer = try ScriptedServer(host: "127.0.0.2") { request in
            let head = ScriptedServer.Reply.head(200, [("content-length", "\(Self.picture.count)")])
            return .close(head + Self.picture)
        }
        let names = ScriptedNames(["127.0.0.2"], ["127.0.0.1"])
        let fetcher = try Fetcher(options(), policy: Self.outside, resolver: names)
        defer { fetcher.close() }
        let url = try WebURL("http://rebinding.example:\(outer.port)/")
        #expect(try await fetcher.fetch(url).get().bytes == Self.picture)
        #expect(names.questions == 1, "the address that was looked at is the one that is connected to")
        let failure = await fetcher.fetch(url).failure
        #expect(failure?.code == .privateAddress && names.questions == 2)
        let mixed = ScriptedNames(["127.0.0.1", "10.0.0.1", "127.0.0.2"])
        let other = try Fetcher(options(), policy: Self.outside, resolver: mixed)
        #expect(
            try await other.fetch(url).get().bytes == Self.picture, "of several the allowed ones are tried")
        #expect(inner.connectionCount == 0 && outer.connectionCount == 2)
    }

    @Test func `redirects are followed five times`() async throws {
        let server = try ScriptedServer { request in
            guard let number = Int(request.target.dropFirst()), number > 0 else {
                return .answer(200, [], Self.picture)
            }
            return .answer([301, 302, 303, 307, 308][number % 5], [("location", "\(number - 1)")])
        }
        #expect(try await fetch(server.root + "/5", options()).get().url.target == "/0")
        #expect(try await failure(server.root + "/6")?.code == .redirect)
        let nowhere = try ScriptedServer { _ in .answer(302) }
        #expect(try await failure(nowhere.root)?.code == .redirect)
    }

    @Test func `hostile bodies end within their limits`() async throws {
        let head = ScriptedServer.Reply.head
        let chunk = Array("1000\r\n".utf8) + [UInt8](repeating: 0x20, count: 4_096) + Array("\r\n".utf8)
        let server = try ScriptedServer { request in
            switch request.target {
            case "/endless":
                return .endless(
                    head(200, [("transfer-encoding", "chunked")]) + Array("2\r\nP6\r\n".utf8), chunk, pause: 0
                )
            case "/endless-close": return .endless(head(200, []) + Array("P6".utf8), chunk, pause: 0)
            case "/claims": return .stall(head(200, [("content-length", "99999999999")]))
            case "/silent": return .stall([])
            case "/silent-head": return .stall(Array("HTTP/1.1 200 OK\r\nconte".utf8))
            case "/silent-body": return .stall(head(200, [("content-length", "1000")]) + Array("P6".utf8))
            case "/drip":
                return .endless(
                    head(200, [("content-length", "90000")]) + Array("P6".utf8), [0x20], pause: 100_000)
            case "/drip-head":
                return .endless(Array("HTTP/1.1 200 OK\r\n".utf8), Array("a: b\r\n".utf8), pause: 100_000)
            case "/endless-head":
                return .endless(Array("HTTP/1.1 200 OK\r\n".utf8), Array("a: b\r\n".utf8), pause: 0)
            case "/cut": return .close(head(200, [("content-length", "1000")]) + Array("P6".utf8))
            case "/cut-chunk":
                return .close(head(200, [("transfer-encoding", "chunked")]) + Array("100\r\nP6".utf8))
            case "/gzip": return .answer(200, [("content-encoding", "gzip")], Array("P6".utf8))
            case "/html": return .answer(200, [("content-type", "image/png")], Array("<html>".utf8))
            case "/empty": return .answer(200)
            case "/noise": return .close(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))
            case "/hangup": return .close([])
            case "/missing": return .answer(404, [], [UInt8](repeating: 0x20, count: 1 << 20))
            default: return .answer(206, [], Self.picture)
            }
        }
        let expected: [(String, FetchFailure.Code)] = [
            ("/endless", .tooLarge), ("/endless-close", .tooLarge), ("/claims", .tooLarge),
            ("/silent", .timeout),
            ("/silent-head", .timeout), ("/silent-body", .timeout), ("/drip", .timeout),
            ("/drip-head", .timeout),
            ("/endless-head", .malformed), ("/cut", .truncated), ("/cut-chunk", .truncated),
            ("/gzip", .wrongContent), ("/html", .wrongContent), ("/empty", .wrongContent),
            ("/noise", .malformed),
            ("/hangup", .connection), ("/missing", .status), ("/partial", .status),
        ]
        let options = options()
        var hasty = options
        hasty.silence = .milliseconds(400)
        hasty.total = .seconds(1)
        for (path, code) in expected {
            let failure = try await failure(server.root + path, code == .timeout ? hasty : options)
            #expect(failure?.code == code, "\(path): \(failure?.message ?? "fetched")")
        }
        let refused = try await failure("http://127.0.0.1:1/", options)
        #expect(refused?.code == .connection && refused?.message == "127.0.0.1: Connection refused")
        #expect(try await failure("http://nowhere.invalid/", options)?.code == .unresolved)
    }

    @Test func `a fetch that is given up ends at once`() async throws {
        let server = try ScriptedServer { _ in .stall([]) }
        let patient = options()
        let task = Task { try await fetch(server.root, patient) }
        while server.requests.isEmpty { await Task.yield() }
        task.cancel()
        guard case .failure(let failure) = try await task.value else {
            Issue.record("fetched")
            return
        }
        #expect(failure.code == .cancelled)
    }

    @Test func `robots.txt is asked for once, before anything else, and kept to`() async throws {
        let server = try ScriptedServer { request in
            request.target == "/robots.txt"
                ? .answer(200, [], Array("User-agent: Fovea\nDisallow: /private/\n".utf8))
                : .answer(200, [], Self.picture)
        }
        var options = options()
        options.keepsToRobots = true
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        let refused = await fetcher.fetch(try WebURL(server.root + "/private/a")).failure
        #expect(refused?.code == .robots)
        let urls = try (0..<8).map { try WebURL(server.root + "/\($0)") }
        await withTaskGroup { group in
            for url in urls { group.addTask { _ = await fetcher.fetch(url) } }
        }
        #expect(
            server.targets.filter { $0 == "/robots.txt" }.count == 1 && server.targets[0] == "/robots.txt")
        #expect(server.targets.count == 9 && !server.targets.contains("/private/a"))
    }

    @Test(
        "what the status of robots.txt means",
        arguments: [
            (404, nil), (410, nil), (400, nil), (401, .robots), (403, .robots), (429, .robotsUnknown),
            (500, .robotsUnknown), (503, .robotsUnknown),
        ] as [(Int, FetchFailure.Code?)])
    func robotsStatus(status: Int, code: FetchFailure.Code?) async throws {
        let server = try ScriptedServer { request in
            request.target == "/robots.txt" ? .answer(status) : .answer(200, [], Self.picture)
        }
        var options = options()
        options.keepsToRobots = true
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        for path in ["/a", "/b"] {
            let url = try WebURL(server.root + path)
            #expect(await fetcher.fetch(url).failure?.code == code)
        }
        #expect(server.targets.filter { $0 == "/robots.txt" }.count == 1, "the answer is kept")
    }

    @Test func `robots.txt is followed through redirects, and a delay that is too long is a refusal`()
        async throws
    {
        let server = try ScriptedServer { request in
            switch request.target {
            case "/robots.txt": .answer(301, [("location", "/elsewhere")])
            case "/elsewhere": .answer(200, [], Array("user-agent: *\ncrawl-delay: 31\n".utf8))
            default: .answer(200, [], Self.picture)
            }
        }
        var options = options()
        options.keepsToRobots = true
        #expect(try await failure(server.root + "/a", options)?.code == .robots)
        #expect(server.targets == ["/robots.txt", "/elsewhere"])
    }

    @Test func `requests to one host keep their distance`() async throws {
        let server = try ScriptedServer { _ in .answer(200, [], Self.picture) }
        var options = options()
        options.delay = .milliseconds(60)
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        let began = ContinuousClock.now
        let urls = try (0..<4).map { try WebURL(server.root + "/\($0)") }
        await withTaskGroup { group in
            for url in urls { group.addTask { _ = await fetcher.fetch(url) } }
        }
        #expect(ContinuousClock.now - began >= .milliseconds(180) && server.targets.count == 4)
    }

    @Test func `whoever gives up keeps nobody waiting, for robots.txt either`() async throws {
        let server = try ScriptedServer { request in
            request.target == "/robots.txt"
                ? .answer(200, [], Array("User-agent: *\nDisallow: /private/\n".utf8))
                : .answer(200, [], Self.picture)
        }
        var options = options()
        options.keepsToRobots = true
        // Longer than all other tests may keep this one from its processor.
        options.delay = .seconds(10_000)
        options.maxPause = .seconds(25_000)
        let fetcher = try Fetcher(options, policy: .everything)
        defer { fetcher.close() }
        // Its robots.txt takes the first turn.
        #expect(await fetcher.fetch(try WebURL(server.root + "/private/a")).failure?.code == .robots)
        let urls = try (0..<3).map { try WebURL(server.root + "/\($0)") }
        let waiting = urls[..<2].map { url in Task { await fetcher.fetch(url) } }
        while fetcher.nextTurn(of: server.host) - .now > .seconds(0.1) { await Task.yield() }
        // Two wait, and a third would wait for too long: but nobody says that the host asked for that.
        let refused = await fetcher.fetch(urls[2]).failure
        #expect(refused?.code == .busy && refused?.message.contains("keep a distance") == true)
        for task in waiting { task.cancel() }
        for task in waiting { #expect(await task.value.failure?.code == .cancelled) }
        #expect(fetcher.nextTurn(of: server.host) - .now > .seconds(0.1), "within what is waited")
    }

    @Test func `X-Robots-Tag keeps a picture from being taken, unless it is to be ignored`() async throws {
        let server = try ScriptedServer { _ in .answer(200, [("X-Robots-Tag", "noai")], Self.picture) }
        let failure = try await failure(server.root)
        #expect(failure?.code == .optOut && failure?.message.contains("noai") == true)
        var options = options()
        options.keepsToOptOuts = false
        #expect(try await fetch(server.root, options).get().bytes == Self.picture)
    }

    @Test func `a host that asks for a long pause is not asked again before`() async throws {
        let server = try ScriptedServer { _ in .answer(429, [("retry-after", "3600")]) }
        let fetcher = try Fetcher(options(), policy: .everything)
        defer { fetcher.close() }
        let url = try WebURL(server.root)
        let first = await fetcher.fetch(url).failure
        #expect(first?.status == 429 && first?.retryAfter == .seconds(3_600) && first?.isTransient == true)
        let second = await fetcher.fetch(url).failure
        #expect(second?.code == .busy && server.targets.count == 1)
    }
}

extension Result where Failure == FetchFailure {
    fileprivate var failure: FetchFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
