/// Reads what addresses of the web hold, for commands that name one in place of a blob.
public protocol WebReading: Sendable {
    /// The bytes at an address, whole.
    /// - Parameters:
    ///   - url: `http://…` or `https://…`.
    ///   - isImage: Whether anything but an image is refused, as soon as its first bytes are there.
    /// - Throws: ``EngineError/Code/invalidRequest`` for what is no such address;
    ///   ``EngineError/Code/forbidden`` where it is not to be had: a private address, robots.txt, an opt-out;
    ///   ``EngineError/Code/unsupportedMedia``, ``EngineError/Code/limitExceeded``;
    ///   ``EngineError/Code/unreachable`` where its server did not give it; ``EngineError/Code/cancelled``.
    func bytes(at url: String, isImage: Bool) async throws -> [UInt8]
}
