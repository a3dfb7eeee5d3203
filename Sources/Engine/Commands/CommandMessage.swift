/// Bytes of one request or reply of the command language: JSON text, and the blobs that go with it in the
/// order of the commands.
public struct CommandMessage: Sendable, Equatable {
    public var json: [UInt8]
    public var blobs: [[UInt8]]

    public init(json: [UInt8], blobs: [[UInt8]] = []) {
        self.json = json
        self.blobs = blobs
    }

    /// Bytes of the text and of all blobs.
    public var byteCount: Int { blobs.reduce(json.count) { $0 + $1.count } }
}
