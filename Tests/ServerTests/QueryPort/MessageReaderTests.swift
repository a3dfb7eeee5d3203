import Engine
import NIOCore
import Testing

@testable import Server

/// The three-field protobuf message, byte by byte.
@Suite struct MessageReaderTests {
    /// What Python's protobuf 6.33 serialises for json="[]", blobs=[b"ab", b""], token="t".
    private static let known: [UInt8] = [
        0x0A, 0x02, 0x5B, 0x5D, 0x12, 0x02, 0x61, 0x62, 0x12, 0x00, 0x1A, 0x01, 0x74,
    ]

    @Test func `a message is read as protobuf's own library wrote it`() throws {
        let message = try MessageReader.read(Self.known)
        #expect(message == QueryMessage(json: Array("[]".utf8), blobs: [[0x61, 0x62], []], token: "t"))
        #expect(try MessageReader.read([]) == QueryMessage())
    }

    @Test func `however a message is cut into pieces, it is the same`() throws {
        let blob = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = RawClient.message("[1]", blobs: [blob, [], blob], token: "tok")
        let whole = try MessageReader.read(bytes)
        for size in [1, 2, 3, 7, 299, 300, 301] {
            var reader = MessageReader(byteCount: bytes.count)
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                let taken = piece.withUnsafeBytes { reader.take($0) }
                #expect(taken == piece.count)
            }
            #expect(try reader.finish() == whole, "pieces of \(size)")
        }
    }

    @Test func `bytes behind the frame are left to the next one`() throws {
        var reader = MessageReader(byteCount: Self.known.count)
        let taken = (Self.known + [1, 2, 3]).withUnsafeBytes { reader.take($0) }
        #expect(taken == Self.known.count)
        #expect(reader.isWhole)
    }

    @Test(
        "fields that nobody knows are skipped",
        arguments: [
            [0x20, 0x96, 0x01],  // field 4, a number
            [0x21, 1, 2, 3, 4, 5, 6, 7, 8],  // field 4, 64 bits
            [0x25, 1, 2, 3, 4],  // field 4, 32 bits
            [0x22, 0x03, 1, 2, 3],  // field 4, bytes
            [0xA2, 0x06, 0x00],  // field 100, no bytes
            [0x23, 0x0A, 0x01, 0x78, 0x2B, 0x10, 0x05, 0x2C, 0x24],  // field 4, a group with others
            [0x08, 0x05],  // field 1, but a number
            [0x15, 1, 2, 3, 4],  // field 2, but 32 bits
        ] as [[UInt8]])
    func unknown(field: [UInt8]) throws {
        let expected = try MessageReader.read(Self.known)
        #expect(try MessageReader.read(field + Self.known) == expected)
        #expect(try MessageReader.read(Self.known + field) == expected)
    }

    @Test func `of a text that comes twice the last one counts`() throws {
        let message = try MessageReader.read(
            RawClient.message("[1]", token: "a") + RawClient.message("[2]", token: "b"))
        #expect(message == QueryMessage(json: Array("[2]".utf8), token: "b"))
    }

    @Test(
        "what is no message is refused",
        arguments: [
            ([0x00, 0x01], "no number of a field"), ([0x0E], "wire type 6"), ([0x0F], "wire type 7"),
            ([0x24], "ends that did not begin"), ([0x23, 0x2C], "ends that did not begin"),
            ([0x23], "cut short"), ([0x0A], "cut short"), ([0x0A, 0x05, 0x5B], "only 1 of the message"),
            ([0x21, 1, 2], "cut short"), ([0x80], "cut short"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "only 0"),
            ([UInt8](repeating: 0x80, count: 11), "more than 10 bytes"),
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x01], "no number of a field"),
            ([UInt8](repeating: 0x23, count: 101), "nested deeper"),
        ] as [([UInt8], String)])
    func refused(bytes: [UInt8], reason: String) {
        let failure = #expect(throws: MessageReader.Failure.self) { _ = try MessageReader.read(bytes) }
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    }

    @Test func `every message that is cut short is refused`() throws {
        let bytes = RawClient.message("[1]", blobs: [[1, 2, 3]], token: "tok")
        // Behind a whole field a message may end.
        let ends = [0, 5, 10, 15]
        for count in 0...bytes.count where !ends.contains(count) {
            #expect(throws: MessageReader.Failure.self, "\(count) bytes") {
                _ = try MessageReader.read(Array(bytes[..<count]))
            }
        }
        for count in ends { _ = try MessageReader.read(Array(bytes[..<count])) }
    }

    @Test func `more blobs than the limit are refused`() throws {
        let limits = QueryMessage.Limits(blobCount: 2)
        let blobs = [[UInt8]](repeating: [], count: 3)
        #expect(throws: MessageReader.Failure.self) {
            _ = try MessageReader.read(RawClient.message("[]", blobs: blobs), limits: limits)
        }
        _ = try MessageReader.read(RawClient.message("[]", blobs: [[], []]), limits: limits)
    }

    @Test func `a reply is written as it is read, in pieces of any size`() throws {
        var generator = SystemRandomNumberGenerator()
        let sizes = [0, 1, 127, 128, 16_383, 16_384, 70_000]
        let blobs = sizes.map { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let reply = CommandMessage(json: Array(#"[{"FindImage":{"status":0}}]"#.utf8), blobs: blobs)
        for limit in [1, 2, 5, 1_000, 65_536, 1 << 20] {
            var writer = FrameWriter(reply)
            var bytes: [UInt8] = []
            while !writer.isAtEnd {
                var piece = ByteBuffer()
                writer.write(into: &piece, upTo: limit)
                #expect(piece.readableBytes > 0 || writer.isAtEnd)
                #expect(piece.readableBytes <= limit + 16)
                bytes += Array(piece.readableBytesView)
            }
            #expect(bytes.count == 4 + writer.byteCount)
            #expect(
                Array(bytes[..<4])
                    == RawClient.frame([UInt8](repeating: 0, count: writer.byteCount)).prefix(4).map { $0 })
            let read = try MessageReader.read(Array(bytes[4...]))
            #expect(read.json == reply.json)
            #expect(read.blobs == reply.blobs)
        }
    }
}
