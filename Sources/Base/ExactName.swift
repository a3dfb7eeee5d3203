/// A name as a key: by its bytes, as documents and filters tell names apart. To `String` itself a composed
/// `é` and one of two parts are the same key.
public struct ExactName: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}
