public import Engine
import Fetching
import Media
import Synchronization
public import SystemPackage

/// Fetches single things for somebody who waits for them, as carefully and as politely as ``Collect`` does.
///
/// One of these is kept as long as a store is served: it remembers the pauses and the robots.txt of hosts.
public final class WebBytes: WebReading {
    private let userAgent: String
    private let policy: AddressPolicy
    private let maxBytes: Int
    /// How long one fetch may take; `nil` for the usual.
    private let total: Duration?
    private let fetcher = Mutex<Fetcher?>(nil)
    private let slots = Slots(WebBytes.width)

    /// So many are fetched at a time for commands; others wait.
    private static let width = 16

    /// Bytes that one body may have unless said.
    public static let defaultMaxBytes = FetchOptions(userAgent: "").maxBytes

    /// - Parameters:
    ///   - userAgent: what servers are told who asks.
    ///   - allowsPrivateAddresses: fetches from addresses that are not of the public internet, too.
    ///   - maxBytes: of one body.
    public convenience init(
        userAgent: String, allowsPrivateAddresses: Bool = false, maxBytes: Int = WebBytes.defaultMaxBytes
    ) {
        self.init(
            userAgent: userAgent, allowsPrivateAddresses ? .everything : .globallyRoutable,
            maxBytes: maxBytes, total: nil)
    }

    private init(userAgent: String, _ policy: AddressPolicy, maxBytes: Int, total: Duration?) {
        self.userAgent = userAgent
        self.policy = policy
        self.maxBytes = maxBytes
        self.total = total
    }

    /// The same for what is large, and may take an hour.
    public func forLargeFiles(maxBytes: Int) -> WebBytes {
        WebBytes(userAgent: userAgent, policy, maxBytes: maxBytes, total: .seconds(3_600))
    }

    /// Fetches to a file, of which no more than a few megabytes are in memory at a time. Where it fails, a
    /// beginning may be left there.
    /// - Returns: how many bytes came.
    /// - Throws: ``EngineError`` as ``bytes(at:isImage:)``; ``EngineError/Code/diskFull``.
    public func fetch(_ text: String, to path: FilePath, isImage: Bool) async throws -> Int {
        let url: WebURL
        do throws(FetchFailure) {
            url = try WebURL(text)
        } catch {
            throw EngineError(error)
        }
        guard await slots.take() else { throw EngineError(.cancelled, "the client left") }
        defer { slots.give() }
        return try await sharedFetcher().fetch(url, toFile: path.string) {
            !isImage || ImageFormat.sniff($0) != nil
        }.mapError { EngineError($0) }.get()
    }

    public func bytes(at text: String, isImage: Bool) async throws -> [UInt8] {
        let url: WebURL
        do throws(FetchFailure) {
            url = try WebURL(text)
        } catch {
            throw EngineError(error)
        }
        guard await slots.take() else { throw EngineError(.cancelled, "the client left") }
        defer { slots.give() }
        return try await fetch(url) { !isImage || ImageFormat.sniff($0) != nil }.mapError {
            EngineError($0)
        }.get().bytes
    }

    /// Fetches at once.
    /// - Parameter isWanted: judges the first bytes; the rest is not read where it says no.
    /// - Throws: where TLS cannot be set up.
    func fetch(
        _ url: WebURL, isWanted: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws -> Result<Fetcher.Fetched, FetchFailure> {
        await (try sharedFetcher()).fetch(url, isWanted: isWanted)
    }

    private func sharedFetcher() throws -> Fetcher {
        try fetcher.withLock { fetcher in
            if let fetcher { return fetcher }
            var options = FetchOptions(userAgent: userAgent)
            options.maxBytes = maxBytes
            if let total { options.total = total }
            // Whoever waits for one thing does not wait for minutes.
            options.maxPause = .seconds(20)
            options.maxCrawlDelay = .seconds(20)
            let made = try Fetcher(options, policy: policy)
            fetcher = made
            return made
        }
    }
}

extension EngineError {
    /// Why something was not fetched, in the words of the engine.
    init(_ failure: FetchFailure) {
        let code: Code =
            switch failure.code {
            case .invalidURL: .invalidRequest
            case .privateAddress, .robots, .optOut: .forbidden
            case .tooLarge: .limitExceeded
            case .wrongContent: .unsupportedMedia
            case .cancelled: .cancelled
            case .diskFull: .diskFull
            case .notKept: .failed
            case .robotsUnknown, .unresolved, .connection, .tls, .timeout, .busy, .truncated, .status,
                .redirect, .malformed:
                .unreachable
            }
        self.init(code, failure.message, path: "url", cause: failure)
    }
}
