import Base

@testable import Server

/// Frames of the query port, put together and taken apart by hand.
extension RawClient {
    /// What ApertureDB's clients begin with.
    static func hello(version: UInt8 = 1, transport: UInt8 = 1) -> [UInt8] {
        [8, 0, 0, 0, version, 0, 0, 0, transport, 0, 0, 0]
    }

    static func frame(_ payload: [UInt8]) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) } + payload
    }

    /// A message of protobuf.
    static func message(_ json: String, blobs: [[UInt8]] = [], token: String? = nil) -> [UInt8] {
        var bytes = field(1, Array(json.utf8))
        for blob in blobs { bytes += field(2, blob) }
        if let token { bytes += field(3, Array(token.utf8)) }
        return bytes
    }

    static func field(_ number: Int, _ value: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(value.count) + value
    }

    static func varint(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    func sendQuery(_ json: String, blobs: [[UInt8]] = [], token: String? = nil) throws {
        try send(RawClient.frame(RawClient.message(json, blobs: blobs, token: token)))
    }

    /// The payload of the next frame.
    func readFrame() throws -> [UInt8] {
        let count = try read(4).enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
        return try read(count)
    }

    /// The next reply.
    func reply() throws -> Reply {
        let message = try MessageReader.read(try readFrame())
        return Reply(json: try JSON.parse(message.json), blobs: message.blobs)
    }

    struct Reply {
        var json: Value
        var blobs: [[UInt8]]

        /// The answer to a query's first command.
        var first: Document? { json.arrayValue?.first?.objectValue?.members.first?.value.objectValue }
        var text: String { json.json }
    }

    /// Says hello and logs in as somebody who may.
    /// - Returns: the session's token.
    func logIn() throws -> String {
        try send(RawClient.hello())
        _ = try readFrame()
        try sendQuery(
            #"[{"Authenticate":{"username":"ada","password":"\#(MemoryAuthority.password)"}}]"#)
        guard let token = try reply().first?["session_token"]?.stringValue else { throw Closed() }
        return token
    }
}
