import Base

/// Values and names within conditions.
extension CommandParser {
    /// A value within an object of conditions.
    func literal(_ value: Value, at place: Place) throws(CommandError) -> Value {
        switch value {
        case .null, .boolean, .integer, .float, .string: return value
        case .object(let document) where document.count == 1 && document["_date"] != nil:
            return .dateTime(try date(document["_date"] ?? .null, at: place.key("_date")))
        case .object(let document) where dialect == .vdms && document.count == 1:
            if case .string(let text)? = document["_blob"] { return .string(text) }
        default: break
        }
        throw place.commandError(
            .invalidParameter,
            "a value is a number, text, true, false or {\"_date\": \"…\"}, this is \(value.kindWithArticle)")
    }

    /// A value within a list of conditions.
    func expressionLiteral(_ value: Value, at place: Place) throws(CommandError) -> Value {
        switch value {
        case .null, .boolean, .integer, .float: return value
        case .string(let text):
            guard text.utf8.first == UInt8(ascii: "$") else { return value }
            let rest = String(text.dropFirst())
            if rest.utf8.first == UInt8(ascii: "$") { return .string(rest) }
            throw place.commandError(
                .unsupported,
                "properties are compared with values, not with each other; text that begins with $ is "
                    + "written with $$")
        case .object(let document) where document.count == 1:
            let (key, inner) = document.members[0]
            let place = place.key(key)
            switch key {
            case "to_date", "_date":
                return .dateTime(try date(try expressionLiteral(inner, at: place), at: place))
            case "json": return try plainValue(inner, at: place)
            default: break
            }
        default: break
        }
        throw place.commandError(
            .invalidParameter,
            "a value is a number, text, true, false, {\"to_date\": \"…\"}, {\"json\": …} or, with in, "
                + "{\"array\": […]}; this is \(value.kindWithArticle)")
    }

    func date(_ value: Value, at place: Place) throws(CommandError) -> DateTime {
        if case .string(let text) = value, text.utf8.count <= 64 {
            if let time = DateTime(iso8601: text, defaultZone: .local) { return time }
            if dialect == .vdms, let time = ClockText.parse(text) { return time }
        }
        throw place.commandError(
            .invalidParameter,
            "a date is ISO 8601 text such as 2024-05-06T07:08:09, this is \(CommandParser.shown(value))")
    }

    /// A value as it is kept: nested as it likes, with dates resolved.
    func plainValue(_ value: Value, at place: Place) throws(CommandError) -> Value {
        do throws(FilterError) {
            return try LiteralParser(maxDepth: limits.nesting).parse(value, at: place, depth: 0)
        } catch {
            throw CommandError(
                error.code == .limitExceeded ? .limitExceeded : .invalidParameter, error.message,
                path: error.path)
        }
    }

    func propertyPath(_ name: String, at place: Place) throws(CommandError) -> FieldPath {
        guard !name.isEmpty, !Operators.isName(name) else {
            throw place.commandError(
                .invalidParameter, "a property has a name that does not begin with $")
        }
        try checkLength(name, at: place)
        return FieldPath(name)
    }

    func checkNesting(_ level: Int, at place: Place) throws(CommandError) {
        guard level <= limits.nesting else {
            throw place.commandError(
                .limitExceeded, "conditions are nested deeper than \(limits.nesting) levels")
        }
    }

    func emptyAny(at place: Place) -> CommandError {
        place.commandError(.invalidParameter, "any needs at least one condition: of none nothing is true")
    }
}
