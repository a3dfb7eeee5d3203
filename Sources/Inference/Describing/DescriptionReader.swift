import Base

/// A value of a description together with its place, which every complaint names.
struct DescriptionReader {
    let value: Value
    /// Such as `input.resize.kind`; empty for the whole.
    let path: String

    func failure(_ message: String) -> InferenceError {
        InferenceError(
            .invalidDescription, path.isEmpty ? "the description \(message)" : "\(path) \(message)")
    }

    /// The members of an object that has no others than `keys`.
    func object(_ keys: String...) throws(InferenceError) -> DescriptionObject {
        guard let document = value.objectValue else { throw failure("must be an object, not \(shown)") }
        for key in document.keys where !keys.contains(where: { $0.hasSameBytes(as: key) }) {
            let known = keys.joined(separator: ", ")
            throw InferenceError(
                .invalidDescription, "\(member(key)) is no key of a description; here are known: \(known)")
        }
        return DescriptionObject(document: document, reader: self)
    }

    func text(atMost limit: Int = 1_024) throws(InferenceError) -> String {
        guard let text = value.stringValue else { throw failure("must be a string, not \(shown)") }
        guard !text.isEmpty, text.utf8.count <= limit else {
            throw failure("must have 1 to \(limit) bytes, it has \(text.utf8.count)")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw failure("must have no control characters")
        }
        return text
    }

    func integer(in range: ClosedRange<Int>) throws(InferenceError) -> Int {
        guard case .integer(let number) = value, let integer = Int(exactly: number), range.contains(integer)
        else {
            throw failure("must be an integer in \(range.lowerBound)...\(range.upperBound), not \(shown)")
        }
        return integer
    }

    func number(in range: ClosedRange<Double>) throws(InferenceError) -> Double {
        guard let number = value.floatValue, range.contains(number) else {
            throw failure("must be a number in \(range.lowerBound)...\(range.upperBound), not \(shown)")
        }
        return number
    }

    func flag() throws(InferenceError) -> Bool {
        guard let flag = value.booleanValue else { throw failure("must be true or false, not \(shown)") }
        return flag
    }

    /// One of the words of `type`.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) throws(InferenceError) -> Choice where Choice.RawValue == String {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw failure("must be one of \(words), not \(shown)")
        }
        return choice
    }

    func elements(_ count: ClosedRange<Int>) throws(InferenceError) -> [DescriptionReader] {
        guard let elements = value.arrayValue else { throw failure("must be an array, not \(shown)") }
        guard count.contains(elements.count) else {
            throw failure(
                "must have \(count.lowerBound) to \(count.upperBound) elements, it has \(elements.count)")
        }
        return elements.enumerated().map { DescriptionReader(value: $1, path: "\(path)[\($0)]") }
    }

    func digest() throws(InferenceError) -> SHA256Digest {
        guard let digest = SHA256Digest(try text()) else {
            throw failure("must be 64 hexadecimal digits, not \(shown)")
        }
        return digest
    }

    /// A name of a file in the model's folder.
    func fileName() throws(InferenceError) -> String {
        let name = try text(atMost: 200)
        guard !name.contains("/"), !name.hasPrefix("."), name != ModelDescription.fileName else {
            throw failure("must be the name of a file in the model's folder, not \(shown)")
        }
        return name
    }

    func member(_ key: String) -> String {
        let plain = key.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x2E }
        let name = plain && !key.isEmpty ? key : Value.string(key).json
        return path.isEmpty ? name : "\(path).\(name)"
    }

    /// The value as a message shows it, cut if long.
    private var shown: String {
        let text = value.json
        return text.count <= 60 ? text : text.prefix(60) + "…"
    }
}

/// The members of an object of a description.
struct DescriptionObject {
    let document: Document
    let reader: DescriptionReader

    /// The member, which must be there.
    func required(_ key: String) throws(InferenceError) -> DescriptionReader {
        guard let member = optional(key) else {
            throw InferenceError(.invalidDescription, "\(reader.member(key)) is missing")
        }
        return member
    }

    /// The member; `nil` where it is not there, or null.
    func optional(_ key: String) -> DescriptionReader? {
        guard let value = document[key], !value.isNull else { return nil }
        return DescriptionReader(value: value, path: reader.member(key))
    }
}
