import AsyncHTTPClient
public import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

/// Speaks HTTP with the process that holds a store, over its socket.
public struct StoreClient: Sendable {
    /// An answer whose body was read whole.
    public struct Answer: Sendable {
        public var status: Int
        public var contentType: String
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]
    }

    private let client: HTTPClient
    private let socket: @Sendable () async throws -> FilePath

    /// - Parameter socket: asked before each request where the holder answers.
    init(client: HTTPClient, socket: @escaping @Sendable () async throws -> FilePath) {
        self.client = client
        self.socket = socket
    }

    /// Sends a request and reads the whole answer, at most 1 GiB.
    ///
    /// - Parameter path: Path and query, percent-encoded.
    /// - Throws: ``EngineError`` as the holder reported it; `HTTPClientError` where the holder went away.
    public func send(
        _ method: String, _ path: String, body: [UInt8] = [], contentType: String = "application/json"
    ) async throws -> Answer {
        let response = try await execute(method, path, body: body, contentType: contentType, accept: nil)
        var bytes: [UInt8] = []
        for try await buffer in response.body {
            guard bytes.count + buffer.readableBytes <= 1 << 30 else {
                throw EngineError(.limitExceeded, "the answer is larger than 1 GiB")
            }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        let answer = Answer(
            status: Int(response.status.code),
            contentType: response.headers.first(name: "content-type") ?? "",
            headers: response.headers.map { ($0.name, $0.value) }, body: bytes)
        guard answer.status < 400 else { throw StoreClient.error(bytes, status: answer.status) }
        return answer
    }

    /// Sends a JSON object, or nothing, and reads the JSON object that answers.
    public func call(_ method: String, _ path: String, _ body: Document? = nil) async throws -> Document {
        let answer = try await send(method, path, body: body.map { Array($0.json.utf8) } ?? [])
        guard let object = try JSON.parse(answer.body).objectValue else {
            throw EngineError(.failed, "the store answered \(path) with something that is no JSON object")
        }
        return object
    }

    /// Sends a JSON object, or nothing, and hands over each line of the answer as it comes, without its line
    /// end.
    ///
    /// An object with the only key `error` ends the stream as an error: it happened after the status was
    /// sent.
    public func lines(
        _ method: String, _ path: String, _ body: Document?,
        _ take: (Document, [UInt8]) async throws -> Void
    ) async throws {
        let response = try await execute(
            method, path, body: body.map { Array($0.json.utf8) } ?? [], accept: "application/x-ndjson")
        var rest: [UInt8] = []
        let isFailure = response.status.code >= 400
        for try await buffer in response.body {
            rest.append(contentsOf: buffer.readableBytesView)
            guard !isFailure else { continue }
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0A) {
                try await StoreClient.hand(Array(rest[start..<end]), to: take)
                start = end + 1
            }
            rest.removeFirst(start)
        }
        if isFailure { throw StoreClient.error(rest, status: Int(response.status.code)) }
        if !rest.isEmpty { try await StoreClient.hand(rest, to: take) }
    }

    /// Whether the other side went away in the middle.
    static func isLostConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError:
            error == .remoteConnectionClosed || error == .connectTimeout || error == .cancelled
                || error == .writeAfterRequestSent
        case is IOError, is ChannelError, is NIOConnectionError, is HTTPParserError: true
        default: false
        }
    }

    // MARK: - Private

    private static func hand(
        _ line: [UInt8], to take: (Document, [UInt8]) async throws -> Void
    ) async throws {
        guard let object = try JSON.parse(line).objectValue else {
            throw EngineError(.failed, "the store sent a line that is no JSON object")
        }
        if object.count == 1, object["error"]?.objectValue != nil { throw error(line, status: 500) }
        try await take(object, line)
    }

    private func execute(
        _ method: String, _ path: String, body: [UInt8], contentType: String = "application/json",
        accept: String?
    ) async throws -> HTTPClientResponse {
        let deadline = ContinuousClock.now + StoreSession.patience
        while true {
            do {
                let response = try await execute(
                    method, path, body: body, contentType: contentType, accept: accept,
                    at: try await socket())
                guard response.headers.contains(name: Response.holderEndedField) else { return response }
                // Read to its end, it lets go of its connection.
                for try await _ in response.body {}
            } catch let error where StoreClient.isUnreached(error) {
                // The holder ended after it was found. It had not seen the request, so that another may.
                guard ContinuousClock.now < deadline else { throw error }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Whether nobody took the connection, so that nobody can have seen the request.
    private static func isUnreached(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError: [ENOENT, ECONNREFUSED].contains(error.errnoCode)
        case is NIOConnectionError: true
        default: false
        }
    }

    private func execute(
        _ method: String, _ path: String, body: [UInt8], contentType: String, accept: String?,
        at socket: FilePath
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(
            url: "http+unix://" + PercentEncoding.encode(socket.string) + path)
        request.method = .RAW(value: method)
        // A connection of its own for each request: one that rests may be closed at the very moment of the
        // next request, and whether that was seen could not be told.
        request.headers.add(name: "connection", value: "close")
        if !body.isEmpty {
            request.headers.add(name: "content-type", value: contentType)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        if let accept { request.headers.add(name: "accept", value: accept) }
        request.headers.replaceOrAdd(name: "host", value: "localhost")
        return try await client.execute(request, deadline: .distantFuture)
    }

    private static func error(_ body: [UInt8], status: Int) -> EngineError {
        // A body that is no error object still leaves its status to report.
        guard let error = (try? JSON.parse(body))?.objectValue?["error"]?.objectValue,
            let code = error["code"]?.stringValue.flatMap(EngineError.Code.init),
            let message = error["message"]?.stringValue
        else { return EngineError(.failed, "the store answered with status \(status)") }
        return EngineError(code, message, path: error["path"]?.stringValue)
    }
}
