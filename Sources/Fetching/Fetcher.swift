import Base
import NIOCore
import NIOHTTP1
import Synchronization

/// Gets the bytes of URLs, safely and politely.
///
/// Safely: only from addresses that its policy allows, looked at for each connection, at each redirect too;
/// within limits of time and size; encoded bodies are refused. Politely: robots.txt, `X-Robots-Tag`,
/// `Retry-After` and the pause between two requests to a host are kept to. See `docs/collecting.md`.
///
/// One `Fetcher` is used by many tasks at a time. It tries each URL once; what to try again says
/// ``RetryPlan``.
public final class Fetcher: Sendable {
    /// A body that came whole.
    public struct Fetched: Sendable {
        public var bytes: [UInt8]
        /// Where it came from in the end, after redirects.
        public var url: WebURL
    }

    /// How long a robots.txt holds (RFC 9309, section 2.4), and how long a refusal to give it.
    private static let robotsHold = Duration.seconds(24 * 3_600)
    private static let robotsRefusalHold = Duration.seconds(3_600)

    public let options: FetchOptions
    private let connections: ConnectionPool
    private let robots = RobotsCache()
    private let turns = HostTurns()

    /// - Throws: what is wrong with the file of certificates that the options name.
    public init(
        _ options: FetchOptions, policy: AddressPolicy = .globallyRoutable,
        resolver: any NameResolver = SystemNames()
    ) throws {
        self.options = options
        connections = try ConnectionPool(options, resolver: resolver, policy: policy)
    }

    /// Lets go of the connections that are kept for further requests.
    public func close() { connections.close() }

    /// When `host` is to be asked next. Now, where its turn is farther off than is waited for: a fetch then
    /// fails at once.
    public func nextTurn(of host: String) -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        let turn = turns.next(of: host, now: now)
        return turn - now > options.maxPause ? now : turn
    }

    /// Fetches a URL, following redirects.
    /// - Parameter isWanted: Is given the first 64 bytes of the body (all of a shorter one); what it does not
    ///   want is not read on.
    public func fetch(
        _ url: WebURL, isWanted: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) async -> Result<Fetched, FetchFailure> {
        do {
            let answer = try await follow(url, isWanted)
            return .success(Fetched(bytes: answer.bytes, url: answer.url))
        } catch {
            return .failure(Fetcher.failure(error, url.host))
        }
    }

    /// Fetches a URL to a file, which is made or emptied; of what comes only a little is in memory at a time.
    /// Where it fails, a beginning may be left in the file.
    /// - Parameter isWanted: as of ``fetch(_:isWanted:)``.
    /// - Returns: how many bytes came.
    public func fetch(
        _ url: WebURL, toFile path: String, isWanted: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) async -> Result<Int, FetchFailure> {
        do {
            let file = try BodyFile(path)
            defer { file.close() }
            return .success(try await follow(url, to: file, isWanted).byteCount)
        } catch {
            return .failure(Fetcher.failure(error, url.host))
        }
    }

    // MARK: - Private

    private func follow(
        _ url: WebURL, to file: BodyFile? = nil, _ isWanted: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws -> (bytes: [UInt8], byteCount: Int, url: WebURL) {
        var url = url
        var left = options.total
        for _ in 0...options.maxRedirects {
            try await mayAsk(for: url)
            let began = ContinuousClock.now
            let answer = try await ask(
                for: url, within: left, maxBytes: options.maxBytes, cutsLongBody: false,
                judge: { [self] head in try checkOptOut(head) }, isWanted: isWanted, file: file)
            left -= .now - began
            if answer.status == 200 { return (answer.body, answer.byteCount, url) }
            guard let next = try redirect(answer, from: url) else {
                throw FetchFailure(
                    .status, "\(url.host) answered \(answer.status)", status: answer.status,
                    retryAfter: pause(answer, of: url.host))
            }
            url = next
        }
        throw FetchFailure(.redirect, "more than \(options.maxRedirects) redirects")
    }

    private static func failure(_ error: any Error, _ host: String) -> FetchFailure {
        error as? FetchFailure
            ?? FetchFailure(
                error is CancellationError || error is CancelledError ? .cancelled : .connection,
                "\(host): \(error)")
    }

    /// Waits for the host's turn, where robots.txt allows the URL.
    private func mayAsk(for url: WebURL) async throws {
        var delay = options.delay
        if options.keepsToRobots {
            switch await robots.answer(of: url.origin, { await fetchRobots(of: url) }) {
            case .closed(let status):
                throw FetchFailure(
                    .robots, "\(url.host) lets no robot in: its robots.txt answers \(status)",
                    retryAfter: Fetcher.robotsRefusalHold)
            case .unknown(let failure):
                // Where no connection comes about, the URL itself cannot be had either.
                guard failure.status != nil else { throw failure }
                throw FetchFailure(
                    .robotsUnknown, "what the robots.txt of \(url.host) says is not known: \(failure)",
                    status: failure.status, retryAfter: failure.retryAfter)
            case .file(let file):
                guard file.allows(url.target) else {
                    throw FetchFailure(.robots, "the robots.txt of \(url.host) disallows it")
                }
                if let asked = file.crawlDelay {
                    guard asked <= options.maxCrawlDelay else {
                        throw FetchFailure(
                            .robots,
                            "the robots.txt of \(url.host) asks for pauses of \(asked.components.seconds) s, \(options.maxCrawlDelay.components.seconds) s is the longest that is waited"
                        )
                    }
                    delay = max(delay, asked)
                }
            }
        }
        try await awaitTurn(of: url.host, delay: delay)
    }

    private func awaitTurn(of host: String, delay: Duration) async throws {
        // An address that is refused needs no waiting.
        try connections.checkLiteral(host)
        let now = ContinuousClock.now
        guard let turn = turns.take(host, delay: delay, now: now, within: options.maxPause) else {
            let wait = turns.next(of: host, now: now) - now
            let seconds = wait.components.seconds
            throw FetchFailure(
                .busy,
                turns.isHeld(host, at: now)
                    ? "\(host) asked not to be asked for another \(seconds) s"
                    : "requests to \(host) keep a distance, and those that wait for it take another \(seconds) s",
                retryAfter: wait)
        }
        if turn <= now { return }
        do {
            try await Task.sleep(until: turn, clock: .continuous)
        } catch {
            turns.giveBack(turn, of: host, delay: delay)
            throw error
        }
    }

    /// RFC 9309, section 2.3.1: up to five redirects are followed; a status of 4xx says that there is none,
    /// except those that turn visitors away; a failing server may have one.
    private func fetchRobots(of url: WebURL) async -> (answer: RobotsCache.Answer, holds: Duration) {
        do {
            var place = url.robots
            var left = options.total
            for _ in 0...options.maxRedirects {
                try await awaitTurn(of: place.host, delay: options.delay)
                let began = ContinuousClock.now
                let answer = try await ask(
                    for: place, within: left, maxBytes: RobotsFile.byteLimit, cutsLongBody: true,
                    judge: { _ in }, isWanted: { _ in true })
                left -= .now - began
                switch answer.status {
                case 200:
                    return (.file(RobotsFile(answer.body, token: options.token)), Fetcher.robotsHold)
                case 401, 403: return (.closed(status: answer.status), Fetcher.robotsRefusalHold)
                case 429, 500...599:
                    let holds = pause(answer, of: place.host) ?? Fetcher.robotsRefusalHold
                    let failure = FetchFailure(
                        .status, "it answered \(answer.status)", status: answer.status, retryAfter: holds)
                    return (.unknown(failure), holds)
                default: break
                }
                guard let next = try redirect(answer, from: place) else { break }
                place = next
            }
            return (.file(.empty), Fetcher.robotsHold)
        } catch {
            // A connection that failed may come about the next time.
            return (.unknown(Fetcher.failure(error, url.host)), .zero)
        }
    }

    /// Where an answer leads to; `nil` where it is no redirect.
    private func redirect(_ answer: HTTPAnswer, from url: WebURL) throws(FetchFailure) -> WebURL? {
        guard [301, 302, 303, 307, 308].contains(answer.status) else { return nil }
        guard let place = answer.headers.first(name: "location") else {
            throw FetchFailure(.redirect, "\(url.host) redirects without saying where", status: answer.status)
        }
        do throws(FetchFailure) {
            return try url.resolving(place)
        } catch {
            throw FetchFailure(.redirect, "\(url.host) redirects to nowhere: \(error)", status: answer.status)
        }
    }

    /// The pause that a server asks for, which is kept to by all that is asked of the host from now on.
    private func pause(_ answer: HTTPAnswer, of host: String) -> Duration? {
        guard [429, 503].contains(answer.status), let field = answer.headers.first(name: "retry-after"),
            let pause = ResponseFields.retryAfter(field, now: .now())
        else { return nil }
        turns.postpone(host, until: .now + pause)
        return pause
    }

    private func checkOptOut(_ head: HTTPResponseHead) throws(FetchFailure) {
        guard options.keepsToOptOuts, head.status == .ok else { return }
        for field in head.headers[canonicalForm: "x-robots-tag"] {
            if let word = ResponseFields.optOut(String(field), token: options.token) {
                throw FetchFailure(.optOut, "the site declines by X-Robots-Tag: \(word)", status: 200)
            }
        }
    }

    /// Sends one request and takes its answer.
    private func ask(
        for url: WebURL, within time: Duration, maxBytes: Int, cutsLongBody: Bool,
        judge: @escaping @Sendable (HTTPResponseHead) throws -> Void,
        isWanted: @escaping @Sendable ([UInt8]) -> Bool, file: BodyFile? = nil
    ) async throws -> HTTPAnswer {
        let deadline = ContinuousClock.now + time
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target)
        head.headers = [
            "host": url.origin.authority, "user-agent": options.userAgent, "accept": "image/*, */*;q=0.5",
            "accept-encoding": "identity",
        ]
        let request = PlannedRequest(
            head: head, maxBytes: maxBytes, cutsLongBody: cutsLongBody, silence: TimeAmount(options.silence),
            deadline: .now() + TimeAmount(time), judge: judge, isWanted: isWanted, file: file,
            completion: { _ in })
        if let channel = connections.reuse(url.origin) {
            do {
                return try await send(request, to: url.origin, on: channel)
            } catch let failure as FetchFailure where failure.code == .connection && failure.status == nil {
                // It was closed while it rested; a fresh one tells whether more is wrong.
            }
        }
        let channel = try await connections.connect(url.origin, within: deadline - .now)
        return try await send(request, to: url.origin, on: channel)
    }

    private func send(
        _ request: PlannedRequest, to origin: WebURL.Origin, on channel: any Channel
    ) async throws -> HTTPAnswer {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome = SoleOutcome(continuation)
                var request = request
                request.completion = { outcome.arrive($0) }
                // A connection that is closed already has nobody left in it to tell.
                channel.writeAndFlush(request).whenFailure { error in
                    outcome.arrive(.failure(FetchFailure(.connection, "\(origin.host): \(error)")))
                }
            }
        } onCancel: {
            channel.close(promise: nil)
        }
        if Task.isCancelled { throw FetchFailure(.cancelled, "cancelled") }
        let answer = try result.get()
        if answer.isReusable { connections.keep(channel, for: origin) }
        return answer
    }
}

/// Resumes a continuation with what arrives first.
private final class SoleOutcome: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<HTTPAnswer, FetchFailure>, Never>?>

    init(_ continuation: CheckedContinuation<Result<HTTPAnswer, FetchFailure>, Never>) {
        self.continuation = Mutex(continuation)
    }

    func arrive(_ result: Result<HTTPAnswer, FetchFailure>) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: result)
    }
}
