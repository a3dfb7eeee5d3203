/// What a connection to the query port begins with, told by its first bytes.
///
/// One port serves all who come: ApertureDB's clients say hello first, VDMS's begin with a frame or with TLS,
/// and HTTP begins with a method. No two of these can be the same bytes: what could be a frame by its length
/// is no protobuf by what follows.
enum Opening: Equatable {
    /// A frame of eight bytes that is no protobuf: ApertureDB's protocol version, and the transport that it
    /// wants.
    case hello(version: UInt32, transport: UInt32)
    /// A TLS record with a ClientHello.
    case tls
    case http
    /// The length of a frame, and what may be a message.
    case frame

    /// Transports that a hello can name.
    enum Transport {
        static let plain: UInt32 = 1
        static let tls: UInt32 = 2
    }

    /// The bytes of a hello: its length, a version, a transport.
    static let helloByteCount = 12

    /// - Returns: `nil` where more bytes are needed to tell.
    static func of(_ bytes: some RandomAccessCollection<UInt8>) -> Opening? {
        let bytes = Array(bytes.prefix(helloByteCount))
        if bytes.isEmpty { return nil }
        for form in [tlsForm, helloForm] where form.fits(bytes) && bytes.count < form.count { return nil }
        if tlsForm.fits(bytes) { return .tls }
        if helloForm.fits(bytes) {
            return .hello(version: UInt32(bytes[4]), transport: UInt32(bytes[8]))
        }
        if let isHTTP = beginsWithMethod(bytes) {
            if isHTTP { return .http }
        } else {
            return nil
        }
        return bytes.count >= 4 ? .frame : nil
    }

    // MARK: - Private

    /// The values that bytes may have at their places.
    private typealias Form = [ClosedRange<UInt8>]

    /// A handshake record of TLS 1.x, at most 2¹⁴ + 2048 bytes long, that holds a ClientHello, shorter than
    /// 65,536 bytes (RFC 8446, sections 4 and 5.1). As a frame its message would begin with a text of one
    /// byte.
    private static let tlsForm: Form = [0x16...0x16, 3...3, 0...4, 0...0x48, 0...0xFF, 1...1, 0...0]

    /// Eight bytes, two small numbers. As protobuf any of them is followed by a field number 0, or cut short.
    private static let helloForm: Form =
        [8...8, 0...0, 0...0, 0...0] + [0...0xFF, 0...0, 0...0, 0...0] + [0...0xFF, 0...0, 0...0, 0...0]

    /// What HTTP requests begin with. As frames they would be 542 million bytes long and more, and begin with
    /// a field that no message has.
    private static let methods = [
        "GET /", "GET h", "HEAD ", "POST ", "PUT /", "PUT h", "DELET", "PATCH", "OPTIO", "CONNE", "TRACE",
        "PRI *",
    ].map { Array($0.utf8) }

    /// `nil` where more bytes are needed.
    private static func beginsWithMethod(_ bytes: [UInt8]) -> Bool? {
        let candidates = methods.filter { $0.starts(with: bytes.prefix($0.count)) }
        if candidates.isEmpty { return false }
        return candidates.contains { bytes.count >= $0.count } ? true : nil
    }
}

extension [ClosedRange<UInt8>] {
    /// Whether `bytes`, as far as they go, are as they must be.
    fileprivate func fits(_ bytes: [UInt8]) -> Bool { zip(self, bytes).allSatisfy { $0.contains($1) } }
}
