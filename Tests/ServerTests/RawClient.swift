import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// A connection whose every byte the test decides. Blocks; a read that takes a minute fails.
final class RawClient: @unchecked Sendable {  // A test uses it from one thread at a time.
    /// An answer as it came.
    struct Answer {
        var status: Int
        /// Names in lower case.
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: Document? { (try? JSON.parse(body))?.objectValue }
    }

    /// The other side closed before the answer was whole.
    struct Closed: Error {}

    private let descriptor: FileDescriptor
    private var unread: [UInt8] = []
    private var isOpen = true

    init(port: Int) throws {
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        descriptor = FileDescriptor(rawValue: number)
        // Long: the server shares its threads with tests that compute for minutes.
        var limit = timeval(tv_sec: 1_200, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close() }

    func close() {
        if isOpen { _ = Glibc.close(descriptor.rawValue) }
        isOpen = false
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Errno(rawValue: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a request with the headers that every one needs.
    func send(_ method: String, _ target: String, headers: [String] = [], body: [UInt8]? = nil) throws {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost"] + headers
        if let body { lines.append("Content-Length: \(body.count)") }
        try send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? []))
    }

    /// Reads the next answer.
    func answer(toHead isHead: Bool = false) throws -> Answer {
        var lines: [String] = []
        while true {
            let line = try readLine()
            if line.isEmpty { break }
            lines.append(line)
        }
        guard let first = lines.first, let status = Int(first.split(separator: " ")[1]) else {
            throw Closed()
        }
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        var answer = Answer(status: status, headers: headers, body: [])
        if isHead || status < 200 || status == 204 || status == 304 { return answer }
        if let count = answer.header("content-length").flatMap(Int.init) {
            answer.body = try read(count)
        } else if answer.header("transfer-encoding") == "chunked" {
            while let count = Int(try readLine(), radix: 16), count > 0 {
                answer.body += try read(count)
                _ = try readLine()
            }
            _ = try readLine()
        } else {
            answer.body = try readToEnd()
        }
        return answer
    }

    /// Everything until the other side closes.
    func readToEnd() throws -> [UInt8] {
        while try receive() {}
        defer { unread = [] }
        return unread
    }

    private func readLine() throws -> String {
        while true {
            if let end = unread.firstIndex(of: 0x0A) {
                let line = unread[..<end].filter { $0 != 0x0D }
                unread.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard try receive() else { throw Closed() }
        }
    }

    /// The next `count` bytes.
    func read(_ count: Int) throws -> [UInt8] {
        while unread.count < count { guard try receive() else { throw Closed() } }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }

    /// Whether anything came before the end.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
        while count < 0, errno == EINTR { count = recv(descriptor.rawValue, &buffer, buffer.count, 0) }
        // A reset says the same as an end: there is no more.
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Errno(rawValue: errno) }
        unread += buffer[..<count]
        return count > 0
    }
}
