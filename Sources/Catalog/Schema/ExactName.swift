import Base

/// A name as a key: by its bytes, as documents and filters tell names apart. To `String` itself a composed
/// `é` and one of two parts are the same key.
struct ExactName: Sendable, Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactName, right: ExactName) -> Bool { left.text.hasSameBytes(as: right.text) }
    func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}
