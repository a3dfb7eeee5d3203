import Base
import Glibc
import SystemPackage
import Synchronization

/// A server of HTTP that does to its clients what a test tells it to, on a free port of the loopback.
///
/// A thread a connection, on plain sockets: it can break every rule. Ends with the last reference to it.
public final class ScriptedServer: Sendable {
    /// What is done about a request.
    public enum Reply: Sendable {
        /// These bytes; the connection stays open.
        case bytes([UInt8])
        /// These bytes, and the connection is closed.
        case close([UInt8])
        /// These bytes, and nothing more until the client goes away.
        case stall([UInt8])
        /// The first bytes, and then the second ones again and again until the client goes away, with a pause
        /// of so many microseconds between.
        case endless([UInt8], [UInt8], pause: UInt32)

        /// A well-formed answer.
        public static func answer(
            _ status: Int = 200, _ headers: [(String, String)] = [], _ body: [UInt8] = []
        ) -> Reply {
            .bytes(head(status, headers + [("content-length", "\(body.count)")]) + body)
        }

        /// Status line and header fields.
        public static func head(_ status: Int, _ headers: [(String, String)]) -> [UInt8] {
            let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            return Array("HTTP/1.1 \(status) Said\r\n\(lines)\r\n".utf8)
        }
    }

    /// A request as it came.
    public struct Request: Sendable {
        /// Path and query.
        public var target: String
        /// By name in lower case.
        public var headers: [String: String]
    }

    public let host: String
    public let port: Int
    public var root: String { "http://\(host):\(port)" }
    private let listener: CInt
    private let log = Mutex<(connections: Int, requests: [Request])>((0, []))

    /// - Parameter host: an address of the loopback, any of 127.0.0.0/8.
    public init(
        host: String = "127.0.0.1", _ reply: @escaping @Sendable (Request) -> Reply
    ) throws {
        self.host = host
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw Errno(rawValue: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, host, &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 512) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else {
            close(listener)
            throw Errno(rawValue: errno)
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        WorkerThread.start { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let server = self else {
                    if client >= 0 { close(client) }
                    close(listener)
                    return
                }
                // No program that a test starts meanwhile is to keep it open.
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                var one: CInt = 1
                setsockopt(client, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
                server.log.withLock { $0.connections += 1 }
                let note: @Sendable (Request) -> Void = { [weak server] request in
                    server?.log.withLock { $0.requests.append(request) }
                }
                WorkerThread.start { ScriptedServer.serve(client, note, reply) }
            }
        }
    }

    deinit { shutdown(listener, CInt(SHUT_RDWR)) }

    /// Connections so far.
    public var connectionCount: Int { log.withLock { $0.connections } }
    /// The requests so far, in the order in which they came.
    public var requests: [Request] { log.withLock { $0.requests } }
    public var targets: [String] { requests.map(\.target) }

    // MARK: - Private

    private static func serve(
        _ client: CInt, _ note: (Request) -> Void, _ reply: (Request) -> Reply
    ) {
        defer { close(client) }
        while let request = read(client) {
            note(request)
            switch reply(request) {
            case .bytes(let bytes): guard send(bytes, to: client) else { return }
            case .close(let bytes):
                _ = send(bytes, to: client)
                // What the client sent stays unread otherwise, and the kernel would take the bytes back.
                shutdown(client, CInt(SHUT_WR))
                drain(client)
                return
            case .stall(let bytes):
                _ = send(bytes, to: client)
                drain(client)
                return
            case .endless(let first, let more, let pause):
                guard send(first, to: client) else { return }
                while send(more, to: client) { usleep(pause) }
                return
            }
        }
    }

    private static func drain(_ client: CInt) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while recv(client, &bytes, bytes.count, 0) > 0 {}
    }

    private static func send(_ bytes: [UInt8], to client: CInt) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(client, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// The next request, which has no body; `nil` at the end.
    private static func read(_ client: CInt) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !bytes.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        return Request(target: String(words[1]), headers: headers)
    }
}
