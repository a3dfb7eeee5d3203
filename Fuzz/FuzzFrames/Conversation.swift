import Base
import Driver
import Engine
import Glibc
import Logging
import SystemPackage

@testable import Server

/// A query port on a socket: whatever a client sends, each whole frame is answered with one, in order, and
/// the connection ends when the client's does.
struct Conversation {
    private let path: String
    private let listener: Listener
    private static let maxMessageBytes = 1 << 16

    init() throws {
        let folder = ScratchFolder.make()
        let socket = "\(folder)/port"
        let opened = Fuzzer.wait { () -> Result<Listener, any Error> in
            do {
                return .success(
                    try await Conversation.listen(at: socket, FilePath(folder).appending("store")))
            } catch {
                return .failure(error)
            }
        }
        path = socket
        listener = try opened.get()
    }

    /// Sends `bytes`, reads all that must come, and then what else there is until the server closes.
    func hold(_ bytes: [UInt8]) {
        let client = connect()
        defer { close(client) }
        send(bytes, to: client)
        switch Opening.of(bytes) {
        case nil, .tls: break
        case .http: break
        case .frame: readFrames(for: bytes[...], from: client)
        case .hello(_, let transport):
            let isPlain = transport == Opening.Transport.plain
            let hello: [UInt8] = [8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
            Fuzzer.require(read(12, from: client) == hello, "a hello is not answered with one")
            if isPlain { readFrames(for: bytes.dropFirst(Opening.helloByteCount), from: client) }
        }
        shutdown(client, CInt(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 4_096)
        var count = untilUninterrupted { recv(client, &rest, rest.count, 0) }
        while count > 0 { count = untilUninterrupted { recv(client, &rest, rest.count, 0) } }
        Fuzzer.require(count == 0 || errno == ECONNRESET, "the connection does not end: error \(errno)")
    }

    // MARK: - Private

    private static func listen(at socket: String, _ directory: FilePath) async throws -> Listener {
        try Store.create(at: directory)
        let store = try await Store.open(
            at: directory, options: StoreOptions(computeThreads: 1, readThreads: 1))
        let commands = CommandService(authority: Everybody(), maxMessageBytes: maxMessageBytes) {
            message, _, _ in
            CommandMessage(json: message.json, blobs: message.blobs)
        }
        let service = Exchange.Service(
            store: store, metrics: Metrics(), isHolderSocket: false, limits: Exchange.Limits(),
            commands: commands)
        var logger = Logger(label: "fuzz")
        logger.logLevel = .critical
        let face = Face(service: service, sites: nil, logger: logger)
        return try await Listener.start(
            at: .unixSocket(path: socket),
            port: QueryPort(face: face, commands: commands, tls: nil, plain: .loopback))
    }

    /// Reads the reply to each whole frame of `bytes`.
    private func readFrames(for bytes: ArraySlice<UInt8>, from client: CInt) {
        var rest = bytes
        while rest.count >= 4 {
            let count = Conversation.length(rest.prefix(4))
            let isTooLong = count > Conversation.maxMessageBytes
            guard isTooLong || rest.count - 4 >= count else { return }
            let reply = read(Conversation.length(read(4, from: client)[...]), from: client)
            let message = try? MessageReader.read(reply)
            let asked = isTooLong ? nil : try? MessageReader.read(Array(rest.dropFirst(4).prefix(count)))
            Fuzzer.require(message != nil, "a reply that is no message")
            if asked == nil {
                let value = (message?.json).flatMap { try? JSON.parse($0) }
                Fuzzer.require(value != nil, "the reply to what is no message is no JSON")
            }
            if isTooLong { return }
            rest = rest.dropFirst(4 + count)
        }
    }

    private static func length(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func connect() -> CInt {
        let client = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        Fuzzer.require(client >= 0 && status == 0, "no connection: error \(errno)")
        return client
    }

    /// What the server does not want, as it has closed, is not sent.
    private func send(_ bytes: [UInt8], to client: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                untilUninterrupted { Glibc.send(client, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)) }
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Calls again where libFuzzer's own clock has interrupted the call.
    private func untilUninterrupted(_ call: () -> Int) -> Int {
        var result = call()
        while result < 0, errno == EINTR { result = call() }
        return result
    }

    private func read(_ count: Int, from client: CInt) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var place = 0
        while place < count {
            let got = bytes.withUnsafeMutableBytes { bytes in
                untilUninterrupted { recv(client, bytes.baseAddress! + place, count - place, 0) }
            }
            Fuzzer.require(got > 0, "\(place) of \(count) bytes of a reply came; error \(errno)")
            place += got
        }
        return bytes
    }
}

/// Lets in everybody who says anything.
private struct Everybody: SessionAuthority {
    private let grant = SessionGrant(
        sessionToken: "adbs_1", refreshToken: "adbr_1", sessionSeconds: 60, refreshSeconds: 60)

    func authenticate(username: String, password: String, origin: String) async throws -> SessionGrant {
        guard username == password else { throw EngineError(.unauthenticated, "the password is wrong") }
        return grant
    }

    func authenticate(username: String?, token: String, origin: String) async throws -> SessionGrant { grant }
    func refresh(_ refreshToken: String, origin: String) async throws -> SessionGrant { grant }
    func principal(ofSession token: String, origin: String) async throws -> Principal? {
        token.isEmpty ? nil : .owner
    }
    func anonymousPrincipal(origin: String) async throws -> Principal? { .owner }
    func principal(username: String, password: String, origin: String) async throws -> Principal { .owner }
}
