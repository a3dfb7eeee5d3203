import Driver
import Engine
import NIOCore

@testable import Server

/// What a connection to the query port may begin with, the message of a frame, in pieces of any size, and all
/// that a client may send on a connection.
@main enum FuzzFrames {
    static func main() throws {
        let conversation = try Conversation()
        Fuzzer.run { bytes in
            opening(bytes)
            conversation.hold(bytes)
            let limits = QueryMessage.Limits(blobCount: 1_000)
            let whole = try? MessageReader.read(bytes, limits: limits)
            // The first byte also says how the rest is cut: what is read must not depend on that.
            let size = Int(bytes.first ?? 0) % 13 + 1
            var reader = MessageReader(byteCount: bytes.count, limits: limits)
            var place = 0
            while place < bytes.count {
                let end = min(place + size, bytes.count)
                let taken = bytes.withUnsafeBytes {
                    reader.take(UnsafeRawBufferPointer(rebasing: $0[place..<end]))
                }
                Fuzzer.require(taken == end - place, "\(taken) of \(end - place) bytes")
                place = end
            }
            Fuzzer.require((try? reader.finish()) == whole, "another message in pieces of \(size)")
            if let whole { roundTrip(whole) }
            if let name = SessionCommand.name(in: bytes) { _ = try? SessionCommand(name, json: bytes) }
        }
    }

    /// More bytes may only turn "not yet" into an answer, never one answer into another.
    private static func opening(_ bytes: [UInt8]) {
        var known: Opening?
        for count in 0...min(bytes.count, 16) {
            let found = Opening.of(bytes.prefix(count))
            Fuzzer.require(known == nil || found == known, "\(String(describing: found)) after \(known!)")
            known = found
        }
    }

    private static func roundTrip(_ message: QueryMessage) {
        var writer = FrameWriter(CommandMessage(json: message.json, blobs: message.blobs))
        var frame = ByteBuffer()
        while !writer.isAtEnd { writer.write(into: &frame, upTo: frame.readableBytes + 100) }
        let payload = Array(frame.readableBytesView.dropFirst(4))
        Fuzzer.require(payload.count == writer.byteCount, "\(payload.count) bytes, not \(writer.byteCount)")
        let read = try? MessageReader.read(payload)
        Fuzzer.require(
            read == QueryMessage(json: message.json, blobs: message.blobs), "another message came back")
    }
}
