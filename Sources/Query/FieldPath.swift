import Base

/// A dotted path into documents: `exif.camera`, `object_analysis.0.classname`.
///
/// Names between the dots may be empty, as JSON's keys may. A name of digits also stands for a place in an
/// array.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    /// The names between the dots; none for ``element``.
    public let components: [String]
    /// The path as it was written.
    public let text: String
    /// The array place that each name also stands for; -1 for a name that is none (`01` is none).
    let places: [Int]

    /// The path that `text` spells.
    public init(_ text: String) {
        let utf8 = text.utf8
        let parts = utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        self.init(components: parts.map { String(Substring($0)) }, text: text)
    }

    private init(components: [String], text: String) {
        self.components = components
        self.text = text
        places = components.map { FieldPath.place(of: $0) ?? -1 }
    }

    /// The element of an array itself, for the conditions of an `$elemMatch` on single values.
    public static let element = FieldPath(components: [], text: "")

    /// The name before the first dot: the property that the path begins in.
    public var root: String { components.first ?? "" }

    /// The path as it was written.
    public var description: String { text }

    /// The same names, byte for byte.
    public static func == (left: FieldPath, right: FieldPath) -> Bool {
        left.components.count == right.components.count && left.text.hasSameBytes(as: right.text)
    }

    /// Feeds what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }

    /// The array place that `name` spells: digits, without leading zeros.
    static func place(of name: String) -> Int? {
        let digits = name.utf8
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits.first != 0x30
        else { return nil }
        return Int(name)
    }
}
