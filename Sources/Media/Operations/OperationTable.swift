public import Base

/// Every operation there is. Texts are parsed, and all documentation is written, from this one list.
public enum OperationTable {
    /// The operations on pixels, in the order in which the documentation shows them.
    static let operations: [any ImageOperation.Type] = [
        Resize.self, Thumbnail.self, Letterbox.self, Crop.self, CentreCrop.self, Rotate.self, Flip.self,
        Grayscale.self,
        Threshold.self,
    ]

    /// All references: of decoding, of operations on pixels, of outputs.
    public static let references: [OperationReference] =
        [DecodeStep.reference] + operations.map { $0.reference }
        + [OutputStep.encodeReference, OutputStep.tensorReference]

    /// The reference that `name` names, also by an alias; `nil` if there is none.
    public static func reference(named name: some StringProtocol) -> OperationReference? {
        references.first { $0.name == name || $0.aliases.contains { $0 == name } }
    }

    /// What `text` (`resize=224x224,filter=lanczos`) says.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` for an unknown operation, an unknown, repeated or
    ///   missing parameter, or a value out of its range; the message names them and what was given.
    static func parse(_ text: String) throws(MediaError) -> (OperationReference, OperationArguments) {
        let longest = 1_000
        guard text.utf8.count <= longest else {
            throw MediaError(
                .invalidOperation, "an operation has at most \(longest) bytes, this one \(text.utf8.count)")
        }
        let name: Substring, rest: Substring
        if let equals = text.firstIndex(of: "=") {
            (name, rest) = (text[..<equals], text[text.index(after: equals)...])
        } else {
            (name, rest) = (text[...], "")
        }
        guard let reference = reference(named: name) else {
            throw MediaError(
                .invalidOperation,
                "there is no operation \(OperationReference.quoted(name)); there are "
                    + references.map(\.name).joined(separator: ", "))
        }
        return (reference, try reference.parse(arguments: rest))
    }

    /// The list as data: what `/v1/operations` answers.
    public static var document: Document {
        ["operations": .array(references.map { .object($0.document) })]
    }
}

extension OperationReference {
    /// This reference as data.
    public var document: Document {
        var document: Document = [
            "name": .string(name), "stage": .string(stage.rawValue), "summary": .string(summary),
            "formula": .string(formula),
            "parameters": .array(parameters.map { .object(description(of: $0)) }),
            "examples": .array(examples.map(Value.string)),
        ]
        if !aliases.isEmpty { document["aliases"] = .array(aliases.map(Value.string)) }
        return document
    }

    private func description(of parameter: OperationParameter) -> Document {
        var document: Document = [
            "name": .string(parameter.name), "type": .string(parameter.kind.name),
            "required": .boolean(parameter.isRequired),
            "positional": .boolean(positional.contains(parameter.name)),
        ]
        switch parameter.kind {
        case .integer(let range), .size(let range, _):
            document["minimum"] = .integer(Int64(range.lowerBound))
            document["maximum"] = .integer(Int64(range.upperBound))
        case .number(let range), .numbers(let range):
            document["minimum"] = .float(range.lowerBound)
            document["maximum"] = .float(range.upperBound)
        case .choice(let words): document["values"] = .array(words.map(Value.string))
        case .boolean, .colour, .box: break
        }
        if let value = parameter.defaultValue { document["default"] = value.json }
        document["range"] = .string(parameter.kind.range)
        document["summary"] = .string(parameter.summary)
        return document
    }
}

extension OperationValue {
    /// Numbers and booleans as such, the rest as text.
    fileprivate var json: Value {
        switch self {
        case .integer(let value): .integer(Int64(value))
        case .number(let value): .float(value)
        case .boolean(let value): .boolean(value)
        case .word, .size, .colour, .box, .numbers: .string(text)
        }
    }
}
