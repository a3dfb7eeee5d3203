import Base

extension Place {
    /// An error about what stands here.
    func commandError(_ code: CommandError.Code, _ message: String) -> CommandError {
        CommandError(code, message, path: path)
    }
}

/// The parameters of a command, or of an object within one, whose names and types the table has checked.
struct CommandArguments {
    let document: Document
    let place: Place
    let dialect: CommandDialect

    func has(_ name: String) -> Bool { document.index(of: name) != nil }

    func value(_ name: String) -> Value? { document[name] }

    func integer(_ name: String) -> Int? {
        document[name].flatMap { ParameterKind.wholeNumber($0, dialect) }
    }

    func number(_ name: String) -> Double? { document[name]?.floatValue }

    func boolean(_ name: String) -> Bool? { document[name]?.booleanValue }

    func flag(_ name: String) -> Bool { boolean(name) ?? false }

    /// Whether a mark is set: there, and not `false`.
    func mark(_ name: String) -> Bool { document[name].map { $0 != false } ?? false }

    func text(_ name: String) -> String? { document[name]?.stringValue }

    /// The texts of a list, or of one by itself.
    func texts(_ name: String) -> [String]? {
        switch document[name] {
        case .string(let text): [text]
        case .array(let elements): elements.compactMap(\.stringValue)
        default: nil
        }
    }

    func word<Word: RawRepresentable<String>>(_ name: String, as type: Word.Type) -> Word? {
        text(name).flatMap { Word(rawValue: $0) }
    }

    func words<Word: RawRepresentable<String>>(_ name: String, as type: Word.Type) -> [Word]? {
        texts(name)?.compactMap { Word(rawValue: $0) }
    }

    /// The object of that name.
    func block(_ name: String) -> CommandArguments? {
        document[name]?.objectValue.map {
            CommandArguments(document: $0, place: place.key(name), dialect: dialect)
        }
    }

    /// The objects of a list, or the one by itself.
    func blocks(_ name: String) -> [CommandArguments] {
        switch document[name] {
        case .object(let document):
            [CommandArguments(document: document, place: place.key(name), dialect: dialect)]
        case .array(let elements):
            elements.enumerated().compactMap { index, element in
                element.objectValue.map {
                    CommandArguments(document: $0, place: place.key(name).index(index), dialect: dialect)
                }
            }
        default: []
        }
    }

    /// An error about the parameter `name`.
    func error(_ code: CommandError.Code, _ name: String, _ message: String) -> CommandError {
        place.key(name).commandError(code, message)
    }

    func invalid(_ name: String, _ message: String) -> CommandError {
        error(.invalidParameter, name, message)
    }
}
