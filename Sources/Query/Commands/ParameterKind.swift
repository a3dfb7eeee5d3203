import Base

/// What a parameter of a command may be.
indirect enum ParameterKind: Sendable {
    /// The number by which later commands know the result.
    case newReference
    /// The number of an earlier result.
    case reference
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A number.
    case number(ClosedRange<Double>)
    /// A number above 0.
    case positive
    /// True or false.
    case boolean
    /// `true` or, as VDMS's clients write it, `""`; `false` is as if it were not there.
    case mark
    /// A name: text that is not empty and not long.
    case name
    /// Any text.
    case text
    /// One of these words.
    case word([String])
    /// Names in a list, or one by itself.
    case names
    /// One or several of these words, in a list or by itself.
    case words([String])
    /// Names and values.
    case properties
    /// A list of names and values.
    case propertyLists
    /// Conditions on properties.
    case constraints
    /// A key, an object of key and order, or a list of these.
    case sort
    /// A list of operations on pictures.
    case operations
    /// An object with parameters of its own.
    case block(CommandBlock)
    /// Such an object, or a list of them.
    case blocks(CommandBlock)
    /// Such an object, or several joined by `all` and `any`.
    case links(CommandBlock)
    /// Rings of points.
    case polygons
    /// A time from the start: `"hh:mm:ss.uuu"`, or seconds.
    case time
    /// Frames: a number, a list of numbers, or `start`, `stop` and `step`.
    case frames
    /// A question about intervals.
    case intervals
    /// What a role may do.
    case permissions
    /// Values in a list.
    case values
    /// A whole number, or one in text.
    case code
    /// Known, but refused with this reason.
    case refused(String)

    /// What the value must be, for messages and the documentation: `a whole number from 1 to 99999`.
    func range(in dialect: CommandDialect) -> String {
        switch self {
        case .newReference, .reference:
            ParameterKind.range(1...CommandReference.greatest(in: dialect))
        case .integer(let range): ParameterKind.range(range)
        case .number(let range):
            "a number from \(ParameterKind.text(range.lowerBound)) to \(ParameterKind.text(range.upperBound))"
        case .positive: "a number above 0"
        case .boolean: "true or false"
        case .mark: dialect == .vdms ? "\"\"" : "true or false"
        case .name, .text: "text"
        case .word(let words): "one of " + words.joined(separator: ", ")
        case .names: dialect == .vdms ? "a list of names" : "a list of names, or one"
        case .words(let words): "one of \(words.joined(separator: ", ")), or a list of these"
        case .properties: "an object of names and values"
        case .propertyLists: "a list of objects of names and values"
        case .constraints: dialect == .vdms ? "an object of conditions" : "conditions, an object or a list"
        case .sort: "a name, an object with key and order" + (dialect == .vdms ? "" : ", or a list of these")
        case .operations: "a list of operations"
        case .block(let block): "an object, see \(block.name)"
        case .blocks(let block): "an object, see \(block.name), or a list of these"
        case .links(let block): "an object, see \(block.name), or all or any of a list of these"
        case .polygons: "a list of rings, each a list of at least three points [x, y]"
        case .time: "text hh:mm:ss.uuu, or a number of seconds"
        case .frames: "a frame's number, a list of these, or an object with start, stop and step"
        case .intervals: "a question about intervals, an object"
        case .permissions: "true or false, or an object with create, read, update and delete"
        case .values: "a list of values"
        case .code: "a whole number"
        case .refused: "refused"
        }
    }

    /// Whether `value` is of this kind as far as its type and range go; what lies deeper is looked at where
    /// it is read.
    func accepts(_ value: Value, dialect: CommandDialect) -> Bool {
        switch (self, value) {
        case (.newReference, _), (.reference, _):
            ParameterKind.integer(1...CommandReference.greatest(in: dialect)).accepts(value, dialect: dialect)
        case (.integer(let range), _):
            ParameterKind.wholeNumber(value, dialect).map { range.contains($0) } ?? false
        case (.number(let range), .integer), (.number(let range), .float):
            value.floatValue.map { range.contains($0) } ?? false
        case (.positive, .integer), (.positive, .float): value.floatValue.map { $0 > 0 } ?? false
        case (.boolean, .boolean): true
        case (.mark, .boolean): true
        // VDMS's schema wants text here, and its validator takes whatever can be made into text.
        case (.mark, .string), (.mark, .integer): dialect == .vdms || value == ""
        case (.name, .string(let text)): !text.isEmpty
        case (.text, .string): true
        case (.word(let words), .string(let text)): words.contains(text)
        case (.names, .string(let text)): dialect == .aperture && !text.isEmpty
        case (.names, .array(let elements)):
            elements.allSatisfy { $0.stringValue.map { !$0.isEmpty } ?? false }
        case (.words(let words), .string(let text)): words.contains(text)
        case (.words(let words), .array(let elements)):
            !elements.isEmpty && elements.allSatisfy { $0.stringValue.map(words.contains) ?? false }
        case (.properties, .object): true
        case (.propertyLists, .array(let elements)):
            !elements.isEmpty && elements.allSatisfy { $0.objectValue != nil }
        case (.constraints, .object): true
        case (.constraints, .array): dialect == .aperture
        case (.sort, .string), (.sort, .object): true
        case (.sort, .array): dialect == .aperture
        case (.operations, .array): true
        case (.block, .object): true
        case (.blocks, .object): true
        case (.blocks, .array(let elements)): elements.allSatisfy { $0.objectValue != nil }
        case (.links, .object): true
        case (.polygons, .array): true
        case (.time, .string): true
        case (.time, .integer), (.time, .float): value.floatValue.map { $0 >= 0 && $0.isFinite } ?? false
        case (.frames, .integer), (.frames, .array), (.frames, .object): true
        case (.intervals, .object): true
        case (.permissions, .boolean), (.permissions, .object): true
        case (.values, .array): true
        case (.code, .integer), (.code, .float), (.code, .string): true
        case (.refused, _): true
        default: false
        }
    }

    /// The whole number that `value` is. VDMS's validator takes a number in text for a number.
    static func wholeNumber(_ value: Value, _ dialect: CommandDialect) -> Int? {
        if dialect == .vdms, case .string(let text) = value, text.utf8.count <= 20 { return Int(text) }
        return value.integerValue.flatMap { Int(exactly: $0) }
    }

    // MARK: - Private

    private static func range(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "a whole number from \(range.lowerBound) on"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

/// The numbers that results of a query may have.
enum CommandReference {
    /// ApertureDB documents 99,999; VDMS writes a limit but misspells it, so that it takes any.
    static func greatest(in dialect: CommandDialect) -> Int { dialect == .vdms ? Int(Int32.max) : 99_999 }
}
