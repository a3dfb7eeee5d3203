/// JSON text ⇄ ``Value``: RFC 8259, strictly, with limits that hold before memory is taken.
///
/// Key order is kept. A number without fraction and exponent that fits 64 bits is an integer, any other a
/// float (`1e400` is refused: it has no finite value). Of a key that comes twice the last value counts. `NaN`
/// and `Infinity` are no JSON: they are refused on reading and written as `null`.
public enum JSON {
    /// What a text may cost.
    public struct Limits: Sendable {
        /// Bytes of the whole text.
        public var byteCount: Int
        /// Arrays and objects within one another.
        public var depth: Int
        /// Values of the whole text, those within others included: two bytes of text, such as `[]`, may take
        /// a hundred bytes of memory.
        public var valueCount: Int

        public init(byteCount: Int = 64 << 20, depth: Int = 160, valueCount: Int = .max) {
            self.byteCount = byteCount
            self.depth = depth
            self.valueCount = valueCount
        }
    }

    /// Reads one value, white space around it allowed.
    /// - Throws: ``JSONError`` with the byte position of what is wrong.
    public static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) -> Value {
        guard bytes.count <= limits.byteCount else {
            throw JSONError(
                "JSON text has \(bytes.count) bytes, the limit is \(limits.byteCount)", position: 0,
                code: .limitExceeded)
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        return try parser.parse()
    }

    /// Reads one value from text.
    public static func parse(_ text: String, limits: Limits = Limits()) throws(JSONError) -> Value {
        try parse(Array(text.utf8), limits: limits)
    }
}

/// A text that is no JSON, or more than the limits allow.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// The text is no JSON.
        case malformed
        /// The text is longer, nests deeper or has more values than ``JSON/Limits`` allow.
        case limitExceeded
    }

    public var code: Code
    /// What is wrong, for people.
    public var message: String
    /// Where: the offset in bytes from the start of the text.
    public var position: Int

    public init(_ message: String, position: Int, code: Code = .malformed) {
        self.code = code
        self.message = message
        self.position = position
    }

    public var description: String { "\(message), at byte \(position)" }
}
