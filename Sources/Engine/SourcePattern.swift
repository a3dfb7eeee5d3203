import Base

/// Sources of labels: one, or with a `*` at the end all that begin so, as in `model:*`.
public struct SourcePattern: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }

    /// Compared byte for byte.
    public func matches(_ source: String) -> Bool {
        if text.utf8.last == UInt8(ascii: "*") { return source.utf8.starts(with: text.utf8.dropLast()) }
        return source.hasSameBytes(as: text)
    }
}
