import Testing

@testable import Server

/// What a connection to the query port begins with.
@Suite struct OpeningTests {
    private static let openings: [([UInt8], Opening)] = [
        (RawClient.hello(transport: 1), .hello(version: 1, transport: 1)),
        (RawClient.hello(transport: 2), .hello(version: 1, transport: 2)),
        (RawClient.hello(version: 9, transport: 77), .hello(version: 9, transport: 77)),
        // A ClientHello as Python's ssl sends it, of 517 bytes, and one of TLS 1.0's record version.
        ([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03], .tls),
        ([0x16, 0x03, 0x03, 0x00, 0xC5, 0x01, 0x00, 0x00, 0xC1], .tls),
        (Array("GET / HTTP/1.1\r\n".utf8), .http), (Array("POST /api HTTP/1.1".utf8), .http),
        (Array("OPTIONS * HTTP/1.1".utf8), .http), (Array("HEAD /health".utf8), .http),
        (Array("PRI * HTTP/2.0".utf8), .http), (Array("GET http://a/".utf8), .http),
        (RawClient.frame(RawClient.message(#"[{"FindEntity":{}}]"#)), .frame),
        ([0, 0, 0, 0], .frame),
        // Frames whose lengths look like something else.
        ([0x16, 0x03, 0x01, 0x00, 0x0A, 0xF0, 0x81, 0x04], .frame),
        (Array("GET ".utf8) + [0x0A, 0x80, 0x01], .frame), (Array("POST".utf8) + [0x0A, 0x80], .frame),
        ([8, 0, 0, 0, 0x0A, 6, 0x5B, 0x7B, 0x7D, 0x5D, 0x20, 0x20], .frame),
    ]

    @Test("each is known by its first bytes", arguments: openings)
    func known(bytes: [UInt8], expected: Opening) { #expect(Opening.of(bytes) == expected) }

    @Test func `the same is found however few bytes came first, and nothing else`() {
        for (bytes, expected) in Self.openings {
            for count in 0...bytes.count {
                let found = Opening.of(bytes.prefix(count))
                #expect(found == nil || found == expected, "\(count) of \(bytes)")
            }
        }
    }

    @Test func `four bytes are enough to know most frames`() {
        #expect(Opening.of([40, 0, 0, 0]) == .frame)
        #expect(Opening.of([8, 0, 0, 0]) == nil)
        #expect(Opening.of([8, 0, 0, 0, 0x0A, 6]) == .frame)
        #expect(Opening.of([UInt8]()) == nil)
        #expect(Opening.of([40, 0, 0]) == nil)
    }
}
