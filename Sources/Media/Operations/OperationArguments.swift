/// The arguments of one operation, by the names of its parameters.
public struct OperationArguments: Sendable, Hashable {
    /// The name of the operation that they are for.
    public let operation: String
    private var values: [String: OperationValue]

    public init(of operation: String, _ values: [String: OperationValue?] = [:]) {
        self.operation = operation
        self.values = values.compactMapValues { $0 }
    }

    public subscript(name: String) -> OperationValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    public var isEmpty: Bool { values.isEmpty }

    /// The value of an argument that must be there.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` if it is missing or of another kind.
    func value<Content>(
        _ name: String, _ content: (OperationValue) -> Content?
    ) throws(MediaError) -> Content {
        guard let found = try optional(name, content) else {
            throw MediaError(.invalidOperation, "\(operation): \(name) is missing")
        }
        return found
    }

    /// The value of an argument, if it is there.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` if it is of another kind.
    func optional<Content>(
        _ name: String, _ content: (OperationValue) -> Content?
    ) throws(MediaError) -> Content? {
        guard let value = self[name] else { return nil }
        guard let found = content(value) else {
            throw MediaError(.invalidOperation, "\(operation): \(name) is no such thing as \(value.text)")
        }
        return found
    }

    /// A word that must be there, as one of a fixed set.
    func choice<Choice: RawRepresentable<String>>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(MediaError) -> Choice {
        try value(name) { $0.wordValue.flatMap(Choice.init(rawValue:)) }
    }
}
