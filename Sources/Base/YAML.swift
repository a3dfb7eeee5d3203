/// The part of YAML that files of settings need → ``Value``, strictly.
///
/// There are maps and lists by indentation, `[…]` and `{…}` that end on their line, texts that are plain,
/// `'quoted'` or `"quoted"` on one line, decimal numbers, `true`, `false`, `null` and `~`, and comments. What
/// YAML 1.1 reads in a way that surprises (`yes`, `012`, `1:30`, `2020-01-01`, `1e3`) is refused with the
/// advice to quote it, and so is what is not here: tabs, anchors, tags, texts of several lines, several
/// documents, keys that are no text or come twice. Whatever is read means the same to every reader of YAML.
public enum YAML {
    /// Reads one document; an empty one is `null`.
    /// - Throws: ``YAMLError`` with the line of what is wrong.
    public static func parse(
        _ bytes: [UInt8], limits: JSON.Limits = JSON.Limits(byteCount: 1 << 20, depth: 64)
    ) throws(YAMLError) -> Value {
        guard bytes.count <= limits.byteCount else {
            throw YAMLError("the text has \(bytes.count) bytes, the limit is \(limits.byteCount)", line: 1)
        }
        var parser = try YAMLParser(bytes, limits)
        return try parser.document()
    }

    /// Reads one document from text.
    public static func parse(_ text: String) throws(YAMLError) -> Value { try parse(Array(text.utf8)) }
}

/// A text that is no YAML, or more of it than ``YAML`` reads.
public struct YAMLError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, for people.
    public var message: String
    /// From 1 on.
    public var line: Int

    public init(_ message: String, line: Int) {
        self.message = message
        self.line = line
    }

    public var description: String { "line \(line): \(message)" }
}
