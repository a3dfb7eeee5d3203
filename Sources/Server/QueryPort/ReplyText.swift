import Engine

/// A reply as REST clients read it, `{"json": …, "blobs": ["…"]}`, given piece by piece: blobs become text
/// only as they are sent.
struct ReplyText {
    private static let opening = Array(#"{"json":"#.utf8)
    private static let middle = Array(#","blobs":["#.utf8)
    private static let end = Array("]}".utf8)
    /// A multiple of three, so that no text has padding within.
    private static let blobPieceByteCount = 192 << 10

    private let reply: CommandMessage
    /// Bytes of the whole text.
    let byteCount: Int
    /// The blob that comes next, and how much of it was given; `nil` before the first piece.
    private var place: (blob: Int, offset: Int)?
    private(set) var isAtEnd = false

    init(_ reply: CommandMessage) {
        self.reply = reply
        let texts = reply.blobs.reduce(0) { $0 + Base64.encodedCount($1.count) + 2 }
        byteCount =
            ReplyText.opening.count + reply.json.count + ReplyText.middle.count + texts
            + max(0, reply.blobs.count - 1) + ReplyText.end.count
    }

    /// The next piece: about `limit` bytes, more where the reply's JSON is longer, fewer at the end.
    mutating func next(upTo limit: Int) -> [UInt8] {
        var piece: [UInt8] = []
        piece.reserveCapacity(min(byteCount, ReplyText.blobPieceByteCount * 3))
        if place == nil {
            piece += ReplyText.opening
            piece += reply.json
            piece += ReplyText.middle
            place = (0, 0)
        }
        while var (blob, offset) = place, blob < reply.blobs.count, piece.count < limit {
            let bytes = reply.blobs[blob]
            if offset == 0 {
                if blob > 0 { piece.append(UInt8(ascii: ",")) }
                piece.append(UInt8(ascii: "\""))
            }
            let end = min(offset + ReplyText.blobPieceByteCount, bytes.count)
            Base64.append(bytes[offset..<end], to: &piece)
            offset = end
            if offset == bytes.count {
                piece.append(UInt8(ascii: "\""))
                (blob, offset) = (blob + 1, 0)
            }
            place = (blob, offset)
        }
        if place?.blob == reply.blobs.count, !isAtEnd {
            piece += ReplyText.end
            isAtEnd = true
        }
        return piece
    }
}
