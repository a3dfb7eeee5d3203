/// What travels in a frame of the query port: the protobuf message `VDMS.protobufs.queryMessage`, which
/// ApertureDB's clients send as well.
///
/// On the wire a frame is its length as four bytes, the lowest first, and then the message's fields: `json`
/// (1, string), `blobs` (2, repeated bytes), and in requests `token` (3, string).
struct QueryMessage: Sendable, Equatable {
    var json: [UInt8] = []
    var blobs: [[UInt8]] = []
    /// The session that asks; `nil` where the field is missing or empty, which protobuf does not tell apart.
    var token: String?

    /// What a message may consist of.
    struct Limits: Sendable {
        /// Bytes of a whole message, in both directions. The frame's length could say four times as much.
        var byteCount = 1 << 30
        /// Blobs of one message: an empty one takes two bytes on the wire, and many times that in memory.
        var blobCount = 100_000
    }

    /// Numbers of the fields.
    enum Field {
        static let json: UInt32 = 1
        static let blobs: UInt32 = 2
        static let token: UInt32 = 3
    }

    /// How values lie on the wire (protobuf, "Encoding").
    enum WireType {
        static let varint: UInt32 = 0
        static let fixed64: UInt32 = 1
        static let bytes: UInt32 = 2
        static let groupStart: UInt32 = 3
        static let groupEnd: UInt32 = 4
        static let fixed32: UInt32 = 5
    }
}
